using System.Net;
using System.Text;
using Bank.Tests.Harness;
using static Bank.Tests.Security.LimitedBank;

namespace Bank.Tests.Security;

/// <summary>Limits slow down password guessing without locking out other users.</summary>
public sealed class SignInLimitTests(LimitedBank bank) : IClassFixture<LimitedBank>
{
    [Fact]
    public async Task Failures_for_one_user_are_limited_across_addresses()
    {
        var username = await bank.RegisterAsync();
        await bank.FailAsync(username, FailuresPerUser);
        var addresses = Enumerable.Range(0, AddressesWithShare).Select(_ => NewAddress()).ToArray();

        foreach (var address in addresses)
            for (var failure = 0; failure < ShareOfAddress; failure++)
                await ShouldFailAsync(address, username);

        using var again = await bank.SignInAsync(addresses[0], username);
        using var elsewhere = await bank.SignInAsync(NewAddress(), username);
        await ShouldBeToldToWaitAsync(again);
        await ShouldBeToldToWaitAsync(elsewhere);
    }

    [Fact]
    public async Task Failures_for_an_unknown_user_are_limited_too()
    {
        var nobody = Names.New();
        var stranger = NewAddress();

        await bank.FailAsync(nobody, FailuresPerUser + ShareOfAddress, stranger);
        using var response = await bank.SignInAsync(stranger, nobody, "a wrong one");

        await ShouldBeToldToWaitAsync(response);
    }

    [Fact]
    public async Task Stranger_does_not_lock_out_a_user_whom_nobody_knows()
    {
        var username = await bank.RegisterAsync();
        var stranger = NewAddress();

        await bank.FailAsync(username, 3 * FailuresPerUser, stranger);
        using var fromStranger = await bank.SignInAsync(stranger, username);
        using var fromHome = await bank.SignInAsync(NewAddress(), username);

        await ShouldBeToldToWaitAsync(fromStranger);
        fromHome.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Stranger_at_the_same_address_leaves_a_user_a_share()
    {
        var username = await bank.RegisterAsync();
        var office = NewAddress();

        await bank.FailAsync(username, FailuresPerUser + ShareOfAddress - 1, office);
        using var response = await bank.SignInAsync(office, username);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Failures_count_for_all_Unicode_forms_of_a_name_together()
    {
        var nobody = $"Zo\u00EB-{Names.New()}";
        var stranger = NewAddress();

        await bank.FailAsync(nobody, FailuresPerUser + ShareOfAddress, stranger);
        using var response = await bank.SignInAsync(
            stranger, nobody.Normalize(NormalizationForm.FormD), "a wrong one");

        await ShouldBeToldToWaitAsync(response);
    }

    [Fact]
    public async Task Failures_from_one_address_are_limited_across_users()
    {
        var address = NewAddress();

        for (var failure = 0; failure < FailuresPerAddress; failure++)
            await bank.FailAsync(Names.New(), 1, address);

        using var response = await bank.SignInAsync(address, Names.New(), "a wrong one");

        await ShouldBeToldToWaitAsync(response);
    }

    [Fact]
    public async Task Failed_sign_ins_with_an_overlong_username_do_not_count()
    {
        var address = NewAddress();
        var longest = new string('\u00E9', 64);

        await bank.FailAsync(new string('x', 129), 2 * FailuresPerAddress, address);
        using var longer = await bank.SignInAsync(address, new string('x', 129));
        (await bank.RegisterAsync(address, longest)).EnsureSuccessStatusCode().Dispose();
        using var decomposed = await bank.SignInAsync(address, longest.Normalize(NormalizationForm.FormD));

        await longer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        decomposed.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task IPv6_failures_are_counted_per_network_not_per_address()
    {
        for (var failure = 1; failure <= FailuresPerAddress; failure++)
            await bank.FailAsync(Names.New(), 1, $"2001:db8:0:1::{failure:x}");

        using var same = await bank.SignInAsync("2001:db8:0:1:ffff::1", Names.New(), "a wrong one");
        using var other = await bank.SignInAsync("2001:db8:0:2::1", Names.New(), "a wrong one");

        await ShouldBeToldToWaitAsync(same);
        await other.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task Failed_sign_ins_elsewhere_do_not_block_a_known_address()
    {
        var username = await bank.RegisterAsync();
        var home = NewAddress();
        using var before = await bank.SignInAsync(home, username);
        await bank.ExhaustAsync(username);
        await bank.ForgetAsync(username);

        using var fromHome = await bank.SignInAsync(home, username);
        await bank.ForgetAsync(username);
        using var fromElsewhere = await bank.SignInAsync(NewAddress(), username);

        fromHome.StatusCode.ShouldBe(HttpStatusCode.OK);
        await ShouldBeToldToWaitAsync(fromElsewhere);
    }

    [Fact]
    public async Task Failed_sign_ins_of_other_users_do_not_block_a_known_user()
    {
        var username = await bank.RegisterAsync();
        var office = NewAddress();
        using var before = await bank.SignInAsync(office, username);

        for (var failure = 0; failure <= FailuresPerAddress; failure++)
            await bank.FailAsync(Names.New(), 1, office);

        await bank.ForgetAsync(username);
        using var after = await bank.SignInAsync(office, username);
        using var newcomer = await bank.SignInAsync(office, await bank.RegisterAsync());

        after.StatusCode.ShouldBe(HttpStatusCode.OK);
        await ShouldBeToldToWaitAsync(newcomer);
    }

    [Fact]
    public async Task Concurrent_guesses_are_limited()
    {
        var username = await bank.RegisterAsync();

        var stranger = NewAddress();

        var responses = await Burst.OfAsync(
            40, index => bank.SignInAsync(stranger, username, $"guess {index}"));

        responses.Count(response => response.StatusCode == HttpStatusCode.Unauthorized)
            .ShouldBe(FailuresPerUser + ShareOfAddress);
        await responses.Where(response => response.StatusCode != HttpStatusCode.Unauthorized)
            .ShouldOtherwiseBeAsync(HttpStatusCode.TooManyRequests, "too_many_requests");
    }

    [Fact]
    public async Task A_right_guess_after_the_limit_is_refused_though_cached()
    {
        var username = await bank.RegisterAsync();
        using var before = await bank.SignInAsync(NewAddress(), username);
        var stranger = NewAddress();

        await bank.FailAsync(username, FailuresPerUser + ShareOfAddress, stranger);
        using var wrong = await bank.SignInAsync(stranger, username, "a wrong one");
        using var right = await bank.SignInAsync(stranger, username);

        await ShouldBeToldToWaitAsync(wrong);
        await ShouldBeToldToWaitAsync(right);
    }

    [Fact]
    public async Task Address_of_any_earlier_sign_in_is_exempt_from_user_limit()
    {
        var username = await bank.RegisterAsync();
        using var home = await bank.SignInAsync(NewAddress(), username);
        var office = NewAddress();
        using var remembered = await bank.SignInAsync(office, username);

        await bank.ExhaustAsync(username);
        using var after = await bank.SignInAsync(office, username);

        after.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Failed_sign_ins_end_the_trust_in_an_address()
    {
        var username = await bank.RegisterAsync();
        var home = NewAddress();
        using var before = await bank.SignInAsync(home, username);

        await bank.FailAsync(username, FailuresPerAddress, home);
        using var response = await bank.SignInAsync(home, username, "a wrong one");

        await ShouldBeToldToWaitAsync(response);
    }

    [Fact]
    public async Task A_proxys_connection_is_never_trusted()
    {
        var username = await bank.RegisterAsync();
        var office = NewAddress();
        using var proxy = bank.From(office);
        proxy.DefaultRequestHeaders.Authorization = Customer.Basic(username, Customer.Password);
        using var before = await proxy.GetAsync("/auth/me");

        await bank.FailAsync(username, 16, office);
        using var after = await proxy.GetAsync("/auth/me");

        before.StatusCode.ShouldBe(HttpStatusCode.OK);
        await ShouldBeToldToWaitAsync(after);
    }

    [Fact]
    public async Task A_wrong_current_password_counts_as_a_failure()
    {
        var username = await bank.RegisterAsync();
        var home = NewAddress();

        for (var failure = 0; failure < FailuresPerAddress; failure++)
            (await bank.ChangePasswordAsync(home, username, $"guess {failure}")).Dispose();

        using var response = await bank.ChangePasswordAsync(home, username, Customer.Password);

        await ShouldBeToldToWaitAsync(response);
    }

    [Fact]
    public async Task A_forgotten_job_with_the_old_password_locks_nobody_out()
    {
        var username = await bank.RegisterAsync();
        var home = NewAddress();

        for (var time = 0; time < 3 * FailuresPerAddress; time++)
        {
            using var job = await bank.SignInAsync(home, username, "the old password");
            using var user = await bank.SignInAsync(home, username);

            await job.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
            user.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task The_same_wrong_password_counts_at_each_address()
    {
        var username = await bank.RegisterAsync();
        var stranger = NewAddress();

        for (var time = 0; time < FailuresPerUser; time++)
            (await bank.SignInAsync(NewAddress(), username, "one guess")).Dispose();

        await bank.FailAsync(username, ShareOfAddress, stranger);
        using var response = await bank.SignInAsync(stranger, username, "one guess");

        await ShouldBeToldToWaitAsync(response);
    }

    [Fact]
    public async Task Registrations_from_one_address_are_limited()
    {
        var address = NewAddress();

        for (var registration = 0; registration < RegistrationsPerAddress; registration++)
            (await bank.RegisterAsync(address, Names.New())).EnsureSuccessStatusCode().Dispose();

        using var tooMany = await bank.RegisterAsync(address, Names.New());
        using var elsewhere = await bank.RegisterAsync(NewAddress(), Names.New());

        await ShouldBeToldToWaitAsync(tooMany);
        elsewhere.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    async Task ShouldFailAsync(string address, string username)
    {
        using var response = await bank.SignInAsync(address, username, Names.New());
        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    static async Task ShouldBeToldToWaitAsync(HttpResponseMessage response)
    {
        await response.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "too_many_requests");
        response.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
    }
}

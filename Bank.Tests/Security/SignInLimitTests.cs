using System.Net;
using System.Text;
using Bank.Tests.Harness;
using static Bank.Tests.Security.LimitedBank;

namespace Bank.Tests.Security;

/// <summary>Who guesses passwords is slowed down, and nobody else is.</summary>
public sealed class SignInLimitTests(LimitedBank bank) : IClassFixture<LimitedBank>
{
    [Fact]
    public async Task Failures_as_one_user_are_limited_wherever_they_come_from()
    {
        var username = await bank.RegisterAsync();

        await bank.FailAsync(username, FailuresPerUser - 1);
        using var last = await bank.SignInAsync(NewAddress(), username, "a wrong one");
        using var tooMany = await bank.SignInAsync(NewAddress(), username, "a wrong one");
        using var right = await bank.SignInAsync(NewAddress(), username);

        await last.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        await ShouldBeToldToWaitAsync(tooMany);
        await ShouldBeToldToWaitAsync(right);
    }

    [Fact]
    public async Task Failures_as_a_user_who_does_not_exist_are_limited_just_so()
    {
        var nobody = Names.New();

        await bank.FailAsync(nobody, FailuresPerUser);
        using var response = await bank.SignInAsync(NewAddress(), nobody, "a wrong one");

        await ShouldBeToldToWaitAsync(response);
    }

    [Fact]
    public async Task A_name_counts_as_one_however_its_letters_are_composed()
    {
        var nobody = $"Zo\u00EB-{Names.New()}";

        await bank.FailAsync(nobody, FailuresPerUser);
        using var response = await bank.SignInAsync(
            NewAddress(), nobody.Normalize(NormalizationForm.FormD), "a wrong one");

        await ShouldBeToldToWaitAsync(response);
    }

    [Fact]
    public async Task Failures_from_one_address_are_limited_whoever_they_try_to_be()
    {
        var address = NewAddress();

        for (var failure = 0; failure < FailuresPerAddress; failure++)
            await bank.FailAsync(Names.New(), 1, address);

        using var response = await bank.SignInAsync(address, Names.New(), "a wrong one");

        await ShouldBeToldToWaitAsync(response);
    }

    [Fact]
    public async Task A_name_that_is_longer_than_any_is_nobodys_and_counts_for_nothing()
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
    public async Task An_IPv6_subscriber_counts_by_the_network_and_not_by_the_address()
    {
        for (var failure = 1; failure <= FailuresPerAddress; failure++)
            await bank.FailAsync(Names.New(), 1, $"2001:db8:0:1::{failure:x}");

        using var same = await bank.SignInAsync("2001:db8:0:1:ffff::1", Names.New(), "a wrong one");
        using var other = await bank.SignInAsync("2001:db8:0:2::1", Names.New(), "a wrong one");

        await ShouldBeToldToWaitAsync(same);
        await other.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task Strangers_who_fail_do_not_lock_a_user_out_of_where_the_user_signed_in()
    {
        var username = await bank.RegisterAsync();
        var home = NewAddress();
        using var before = await bank.SignInAsync(home, username);
        await bank.FailAsync(username, FailuresPerUser * 3);
        await bank.ForgetAsync(username);

        using var fromHome = await bank.SignInAsync(home, username);
        await bank.ForgetAsync(username);
        using var fromElsewhere = await bank.SignInAsync(NewAddress(), username);

        fromHome.StatusCode.ShouldBe(HttpStatusCode.OK);
        await ShouldBeToldToWaitAsync(fromElsewhere);
    }

    [Fact]
    public async Task Others_who_fail_at_the_same_address_do_not_lock_out_who_signed_in_there()
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
    public async Task Guesses_at_once_are_limited_as_guesses_one_by_one_are()
    {
        var username = await bank.RegisterAsync();

        var responses = await Burst.OfAsync(
            40, index => bank.SignInAsync(NewAddress(), username, $"guess {index}"));

        // Before the last failure counts, as many again may have begun.
        responses.Count(response => response.StatusCode == HttpStatusCode.Unauthorized)
            .ShouldBeInRange(FailuresPerUser, 2 * FailuresPerUser - 1);
        await responses.Where(response => response.StatusCode != HttpStatusCode.Unauthorized)
            .ShouldOtherwiseBeAsync(HttpStatusCode.TooManyRequests, "too_many_requests");
    }

    [Fact]
    public async Task A_right_guess_after_too_many_wrong_ones_is_not_told_although_it_is_remembered()
    {
        var username = await bank.RegisterAsync();
        using var before = await bank.SignInAsync(NewAddress(), username);
        var stranger = NewAddress();

        await bank.FailAsync(username, FailuresPerUser, stranger);
        using var wrong = await bank.SignInAsync(stranger, username, "a wrong one");
        using var right = await bank.SignInAsync(stranger, username);

        await ShouldBeToldToWaitAsync(wrong);
        await ShouldBeToldToWaitAsync(right);
    }

    [Fact]
    public async Task Who_is_remembered_is_trusted_wherever_the_right_password_came_from()
    {
        var username = await bank.RegisterAsync();
        using var home = await bank.SignInAsync(NewAddress(), username);
        var office = NewAddress();
        using var remembered = await bank.SignInAsync(office, username);

        await bank.FailAsync(username, FailuresPerUser);
        using var after = await bank.SignInAsync(office, username);

        after.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_address_that_fails_again_and_again_is_trusted_no_more()
    {
        var username = await bank.RegisterAsync();
        var home = NewAddress();
        using var before = await bank.SignInAsync(home, username);

        await bank.FailAsync(username, FailuresPerAddress, home);
        using var response = await bank.SignInAsync(home, username, "a wrong one");

        await ShouldBeToldToWaitAsync(response);
    }

    [Fact]
    public async Task A_connection_of_a_proxy_is_trusted_for_nobody()
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
            (await bank.ChangePasswordAsync(home, username, "a wrong one")).Dispose();

        using var response = await bank.ChangePasswordAsync(home, username, Customer.Password);

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

    static async Task ShouldBeToldToWaitAsync(HttpResponseMessage response)
    {
        await response.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "too_many_requests");
        response.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
    }
}

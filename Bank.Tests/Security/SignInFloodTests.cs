using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Security;

/// <summary>
/// More guesses than bcrypt can verify, with a short queue, while the cached credentials of customers expire.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class SignInFloodTests(BankServer server)
{
    const int Strangers = 12;
    const int GuessesAtOnce = 3;
    const int Customers = 8;

    static readonly TimeSpan RememberFor = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_guessing_flood_locks_out_no_customer_with_expired_cache()
    {
        await using var bank = await IsolatedBank.StartAsync(
            server, "Proxies:0=127.0.0.1", $"Passwords:RememberFor={RememberFor}", "Passwords:WorkFactor=10",
            "Passwords:QueueCapacity=9", "Limits:FailedSignInsPerAddress=0", "Limits:RequestsPerUser=0");
        var customers = await Task.WhenAll(Enumerable.Range(0, Customers).Select(_ => bank.RegisterAsync()));

        foreach (var customer in customers)
            (await customer.Http.GetAsync("/auth/me")).EnsureSuccessStatusCode().Dispose();

        var since = Stopwatch.StartNew();
        var guesses = Task.WhenAll(Enumerable.Range(0, Strangers * GuessesAtOnce)
            .Select(guess => GuessAsync(
                bank, $"10.1.0.{guess / GuessesAtOnce}", () => since.Elapsed < 3 * RememberFor)));
        var answers = await Task.WhenAll(customers.Select(customer => RequestAsync(customer, guesses)));

        answers.ShouldAllBe(own => own.All(answer => answer == HttpStatusCode.OK));
        (await guesses).SelectMany(own => own).ShouldContain(HttpStatusCode.ServiceUnavailable);
        (await guesses).SelectMany(own => own).ShouldContain(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Password_changes_in_a_loop_stop_no_newcomer()
    {
        await using var bank = await IsolatedBank.StartAsync(
            server, "Passwords:WorkFactor=10", "Passwords:QueueCapacity=9", "Limits:RequestsPerUser=0");
        var changer = await bank.RegisterAsync();
        using var end = new CancellationTokenSource();
        var changes = Task.WhenAll(Enumerable.Range(0, 60).Select(_ => ChangeAsync(changer, end)));

        for (var newcomer = 0; newcomer < 6; newcomer++)
        {
            using var http = bank.Anonymous();
            var username = Names.New();
            using var registered = await http.PostAsJsonAsync(
                "/auth/register", new { username, password = Customer.Password });
            http.DefaultRequestHeaders.Authorization = Customer.Basic(username, Customer.Password);
            using var signedIn = await http.GetAsync("/auth/me");

            registered.StatusCode.ShouldBe(HttpStatusCode.Created);
            signedIn.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await end.CancelAsync();
        (await changes).SelectMany(own => own).ShouldContain(HttpStatusCode.NoContent);
        (await changes).SelectMany(own => own).ShouldContain(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Registration_that_bcrypt_does_not_reach_is_overloaded()
    {
        await using var bank = await IsolatedBank.StartAsync(
            server, "Passwords:WorkFactor=17", "Database:CommitTimeout=00:00:01");
        using var http = bank.Anonymous();

        using var response = await http.PostAsJsonAsync(
            "/auth/register", new { username = Names.New(), password = Customer.Password });

        await response.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "overloaded");
        (await bank.Database.ScalarAsync<long>("SELECT count(*) FROM users")).ShouldBe(0);
    }

    static async Task<List<HttpStatusCode>> ChangeAsync(Customer customer, CancellationTokenSource end)
    {
        var answers = new List<HttpStatusCode>();

        while (!end.IsCancellationRequested)
        {
            using var answer = await customer.Http.PutAsJsonAsync(
                "/auth/password",
                new { current_password = Customer.Password, new_password = Customer.Password });
            answers.Add(answer.StatusCode);
        }

        return answers;
    }

    static async Task<List<HttpStatusCode>> GuessAsync(IsolatedBank bank, string address, Func<bool> goesOn)
    {
        using var stranger = bank.Anonymous();
        stranger.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        var answers = new List<HttpStatusCode>();

        while (goesOn())
        {
            stranger.DefaultRequestHeaders.Authorization = Customer.Basic(Names.New(), "a wrong one");
            using var answer = await stranger.GetAsync("/auth/me");
            answers.Add(answer.StatusCode);
        }

        return answers;
    }

    static async Task<List<HttpStatusCode>> RequestAsync(Customer customer, Task end)
    {
        var answers = new List<HttpStatusCode>();

        while (!end.IsCompleted)
        {
            using var answer = await customer.Http.GetAsync("/auth/me");
            answers.Add(answer.StatusCode);
        }

        return answers;
    }
}

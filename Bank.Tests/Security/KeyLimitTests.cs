using System.Diagnostics;
using System.Net;
using Bank.Infrastructure.Auth;
using Bank.Tests.Harness;

namespace Bank.Tests.Security;

/// <summary>Limits of keys, wrong keys in a flood, and the log of their requests.</summary>
[Trait("Speed", "Slow")]
public sealed class KeyLimitTests(BankServer server) : IAsyncLifetime
{
    const int FailuresPerAddress = 20;
    const int FailuresPerUser = 3;
    const int RequestsPerKey = 5;

    IsolatedBank bank = null!;

    public async ValueTask InitializeAsync() => bank = await IsolatedBank.StartAsync(
        server, "Logging:Requests=true", $"Limits:FailedSignInsPerUser={FailuresPerUser}",
        $"Limits:FailedSignInsPerAddress={FailuresPerAddress}", $"Limits:RequestsPerKey={RequestsPerKey}");

    public ValueTask DisposeAsync() => bank.DisposeAsync();

    [Fact]
    public async Task Wrong_keys_count_by_address_and_lock_nobody_out()
    {
        var customer = await bank.RegisterAsync();
        var program = customer.WithKey((await customer.CreateKeyAsync()).Text);
        var cold = customer.WithBearer((await customer.CreateKeyAsync()).Text);
        var old = customer.WithKey(KeyText.Create());
        var unknown = new Customer(Names.New(), bank.Anonymous());
        (await old.StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);

        var answers = new List<HttpStatusCode>();
        for (var wrong = 0; wrong < 2 * FailuresPerAddress; wrong++)
            answers.Add(await (wrong % 2 == 0
                ? unknown.WithKey(KeyText.Create()) : customer.WithBearer(KeyText.Create())).StatusAsync());

        answers[..FailuresPerAddress].ShouldAllBe(status => status == HttpStatusCode.Unauthorized);
        answers[FailuresPerAddress..].ShouldAllBe(status => status == HttpStatusCode.TooManyRequests);
        (await old.StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await customer.WithKey(KeyText.Create()).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await program.StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await cold.StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await customer.StatusAsync()).ShouldBe(HttpStatusCode.OK);
        await bank.Database.ExecuteAsync("UPDATE users SET username = username");
        (await customer.StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Requests_are_limited_per_key_and_logged_with_its_id()
    {
        var customer = await bank.RegisterAsync();
        var (id, text) = await customer.CreateKeyAsync();
        var hasty = customer.WithKey(text);
        var other = customer.WithKey((await customer.CreateKeyAsync()).Text);

        var answers = await Burst.OfAsync(20 * RequestsPerKey, _ => hasty.Http.GetAsync("/auth/me"));

        answers.ShouldContain(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        await answers.ShouldOtherwiseBeAsync(HttpStatusCode.TooManyRequests, "too_many_requests");
        (await other.StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await customer.StatusAsync()).ShouldBe(HttpStatusCode.OK);
        var line = $"from 127.0.0.1, user {await customer.IdAsync()}, key {id}";
        await Eventually.TrueAsync(() => bank.Output.Contains(line), "the key is logged");
        bank.Output.ShouldNotContain(text);
    }

    [Fact]
    public async Task Requests_of_keys_count_among_those_of_the_user()
    {
        await using var own = await IsolatedBank.StartAsync(server, "Limits:RequestsPerUser=5");
        var customer = await own.RegisterAsync();
        await Eventually.TrueAsync(
            async () => await customer.StatusAsync() == HttpStatusCode.OK, "the user signs in");
        var (first, second) = (await customer.CreateKeyAsync(), await customer.CreateKeyAsync());
        var since = Stopwatch.StartNew();

        var answers = await Burst.OfAsync(100, request => (request % 2 == 0
            ? customer.WithKey(first.Text) : customer.WithBearer(second.Text)).Http.GetAsync("/auth/me"));

        answers.Count(answer => answer.IsSuccessStatusCode)
            .ShouldBeInRange(1, 5 * (2 + (int)since.Elapsed.TotalSeconds));
        await answers.ShouldOtherwiseBeAsync(HttpStatusCode.TooManyRequests, "too_many_requests");
    }

    [Fact]
    public async Task A_flood_of_wrong_keys_stays_bounded_and_delays_no_right_key()
    {
        var customer = await bank.RegisterAsync();
        var program = customer.WithKey((await customer.CreateKeyAsync()).Text);
        using var http = bank.Anonymous();
        await FloodAsync(http, 1_000);
        var before = bank.Status("VmRSS");

        var flood = FloodAsync(http, 10_000);
        var slowest = TimeSpan.Zero;
        while (!flood.IsCompleted)
        {
            var since = Stopwatch.StartNew();
            (await program.StatusAsync()).ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.TooManyRequests);
            slowest = since.Elapsed > slowest ? since.Elapsed : slowest;
        }

        await flood;
        (bank.Status("VmRSS") - before).ShouldBeLessThan(100 * 1024);
        slowest.ShouldBeLessThan(TimeSpan.FromSeconds(3));
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"slowest right key {slowest}, memory {before} to {bank.Status("VmRSS")} KiB");
    }

    /// <summary>Wrong keys whose checksum is right, so that each costs a query.</summary>
    static Task FloodAsync(HttpClient http, int count) => Parallel.ForAsync(
        0, count, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (_, ct) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/auth/me");
            request.Headers.Authorization = new("Bearer", KeyText.Create());
            using var response = await http.SendAsync(request, ct);
            response.StatusCode.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests);
        });
}

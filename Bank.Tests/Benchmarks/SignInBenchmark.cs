using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Connections;
using static BCrypt.Net.BCrypt;

namespace Bank.Benchmarks;

/// <summary>
/// Measures what signing in costs: the request of who is remembered, everyone else while strangers guess
/// passwords, and whether the time of a refusal tells an unknown user from a wrong password.
/// </summary>
static class SignInBenchmark
{
    const int Connections = 64;
    const int Seconds = 5;
    const int Rounds = 3;
    const int GuessesPerSecond = 200;
    const int CheapWorkFactor = 8;
    const int Samples = 400;

    static readonly (string, string)[] Unlimited =
        [("Limits__FailedSignInsPerUser", "0"), ("Limits__FailedSignInsPerAddress", "0")];

    public static async Task<int> RunAsync()
    {
        await using var ledger = await BenchmarkLedger.StartAsync();
        await using var unlimited = await ApiProcess.StartAsync(ledger.ConnectionString, Unlimited);
        await using var limited = await ApiProcess.StartAsync(ledger.ConnectionString);
        await ledger.SeedAsync();

        await MeasureMemoryAsync(unlimited);
        await MeasureFloodAsync("bcrypt for every guess", unlimited);
        await MeasureFloodAsync("the default limits", limited);

        await using var cheap = await ApiProcess.StartAsync(
            ledger.ConnectionString, [.. Unlimited, ("Passwords__WorkFactor", $"{CheapWorkFactor}")]);
        await MeasureRefusalsAsync(cheap);

        return 0;
    }

    /// <summary>What the gate costs who is remembered, beside all that a transfer costs the API.</summary>
    static async Task MeasureMemoryAsync(ApiProcess api)
    {
        const int Checks = 1_000_000;
        var runs = new List<double>();

        for (var round = 0; round < Rounds; round++)
            runs.Add(await NanosecondsPerCheckAsync(Checks));

        await api.SignInAsync(BenchmarkLedger.Authorizations);
        await DriveAsync(api);
        var before = api.ProcessorTime;
        var run = await DriveAsync(api);
        var perRequest = (api.ProcessorTime - before).TotalNanoseconds / run.Answered;

        Console.WriteLine(
            $"A remembered user is checked in {Median.Of(runs):N0} ns, "
            + $"{Median.Of(runs) / perRequest:P1} of the {perRequest:N0} ns of processor time "
            + $"that a transfer takes at {Connections} connections.");
    }

    static async Task<double> NanosecondsPerCheckAsync(int checks)
    {
        var options = new PasswordOptions();
        var cache = new CredentialCache(options, TimeProvider.System);
        using var threads = new BcryptThreads(options);
        using var limits = new RateLimits(new RateLimitOptions(), TimeProvider.System);
        using var wrong = new WrongPasswords();
        using var trusted = new TrustedOrigins();
        var passwords = new PasswordHashing(
            threads, options, new DatabaseOptions(), metrics: null!, TimeProvider.System);
        var signIn = new SignIn(cache, null!, passwords, trusted, limits, wrong, new UserChanges([cache]));
        var ada = new BasicCredentials("ada", "correct horse battery staple");
        var home = new SignInOrigin("203.0.113.1", "a connection");
        cache.Enable();
        cache.Set(ada, new Caller(1, "ada", ""), EnhancedHashPassword(ada.Password, 4), cache.Epoch);

        var since = Stopwatch.GetTimestamp();

        for (var check = 0; check < checks; check++)
        {
            if (await signIn.CheckAsync(ada, home) is null)
                throw new InvalidOperationException("The user is not remembered.");
        }

        return Stopwatch.GetElapsedTime(since).TotalNanoseconds / checks;
    }

    /// <summary>What customers notice of strangers who guess passwords at the same time.</summary>
    static async Task MeasureFloodAsync(string name, ApiProcess api)
    {
        List<WrkResult> quiet = [], flooded = [];
        var refusals = new Dictionary<int, int>();

        for (var round = 0; round < Rounds; round++)
        {
            await api.SignInAsync(BenchmarkLedger.Authorizations);
            await DriveAsync(api);
            quiet.Add(await DriveAsync(api));

            using var end = new CancellationTokenSource();
            var flood = FloodAsync(api, refusals, end.Token);
            flooded.Add(await DriveAsync(api));
            await end.CancelAsync();
            await flood;
        }

        Report(name, quiet, flooded, refusals);
    }

    static void Report(
        string name, List<WrkResult> quiet, List<WrkResult> flooded, Dictionary<int, int> refusals)
    {
        var alone = Median.Of(quiet.Select(run => run.Rate));
        var beside = Median.Of(flooded.Select(run => run.Rate));
        var answers = refusals.OrderBy(refusal => refusal.Key)
            .Select(refusal => $"{refusal.Key}: {refusal.Value}");

        Console.WriteLine(
            $"{GuessesPerSecond} guesses a second, {name}: {alone:N0} transfers/s alone, {beside:N0} "
            + $"beside them, {beside / alone:P0}; p50 {Median.Of(quiet.Select(run => run.P50)):N1} and "
            + $"{Median.Of(flooded.Select(run => run.P50)):N1} ms, p99 "
            + $"{Median.Of(quiet.Select(run => run.P99)):N1} and "
            + $"{Median.Of(flooded.Select(run => run.P99)):N1} ms; "
            + $"guesses answered {string.Join(", ", answers)}.");
    }

    static async Task FloodAsync(ApiProcess api, Dictionary<int, int> refusals, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = api.Address };
        using var clock = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / GuessesPerSecond));
        var guesses = new List<Task<int>>();

        while (!ct.IsCancellationRequested)
        {
            await clock.WaitForNextTickAsync(CancellationToken.None);
            guesses.Add(GuessAsync(http, $"stranger-{guesses.Count}"));
        }

        foreach (var status in await Task.WhenAll(guesses))
            refusals[status] = refusals.GetValueOrDefault(status) + 1;
    }

    /// <summary>Whether the time of a refusal tells an unknown user from a wrong password.</summary>
    static async Task MeasureRefusalsAsync(ApiProcess api)
    {
        const string Known = "a-known-user";
        using var http = new HttpClient { BaseAddress = api.Address };
        using var registered = await http.PostAsJsonAsync(
            "/auth/register", new { username = Known, password = "the right password" });
        registered.EnsureSuccessStatusCode();
        List<double> known = [], unknown = [];

        for (var sample = -20; sample < Samples; sample++)
        {
            var first = await TimeAsync(http, sample % 2 == 0 ? Known : $"nobody-{sample}");
            var second = await TimeAsync(http, sample % 2 == 0 ? $"nobody-{sample}" : Known);

            // The first ones only warm up.
            if (sample < 0)
                continue;

            known.Add(sample % 2 == 0 ? first : second);
            unknown.Add(sample % 2 == 0 ? second : first);
        }

        Console.WriteLine(new TwoSamples(known, unknown).Describe("a wrong password", "an unknown user"));
    }

    static async Task<double> TimeAsync(HttpClient http, string username)
    {
        var since = Stopwatch.GetTimestamp();
        await GuessAsync(http, username);
        return Stopwatch.GetElapsedTime(since).TotalMilliseconds;
    }

    static async Task<int> GuessAsync(HttpClient http, string username)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/auth/me");
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:a wrong password"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", pair);
        using var response = await http.SendAsync(request);

        return (int)response.StatusCode;
    }

    static Task<WrkResult> DriveAsync(ApiProcess api) => Wrk.RunAsync(
        api.Address, "uniform", Connections, Seconds);
}

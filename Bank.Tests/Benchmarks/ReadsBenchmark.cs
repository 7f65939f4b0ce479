
namespace Bank.Benchmarks;

/// <summary>
/// Reads accounts and pages of 20 of their histories, beside health checks, which are what HTTP alone costs.
/// </summary>
static class ReadsBenchmark
{
    const int Connections = 64;
    const int Rounds = 3;
    const int Seconds = 5;
    const int WarmUpSeconds = 10;
    static readonly string[] Targets = ["health", "account", "history"];

    public static async Task<int> RunAsync()
    {
        await using var ledger = await BenchmarkLedger.StartAsync();
        await using var api = await ApiProcess.StartAsync(ledger.ConnectionString);
        await ledger.SeedAsync();
        await AddHistoriesAsync(ledger);
        await api.SignInAsync(BenchmarkLedger.Authorizations);
        var runs = new List<(string Target, WrkResult Wrk, double Microseconds)>();

        for (var round = 1; round <= Rounds; round++)
        {
            foreach (var target in Targets)
            {
                await Wrk.RunAsync(api.Address, target, Connections, WarmUpSeconds);
                var run = await MeasureAsync(api, target);
                runs.Add((target, run.Wrk, run.Microseconds));
            }
        }

        Print(runs);
        var isExact = runs.TrueForAll(run => run.Wrk is { Broken: 0, Refused: 0 });
        Console.WriteLine(isExact ? "Every read was answered 200." : "NOT EVERY READ WAS ANSWERED 200.");

        return isExact ? 0 : 1;
    }

    static async Task<(WrkResult Wrk, double Microseconds)> MeasureAsync(ApiProcess api, string target)
    {
        var before = api.ProcessorTime;
        var result = await Wrk.RunAsync(api.Address, target, Connections, Seconds);

        return (result, (api.ProcessorTime - before).TotalMicroseconds / result.Answered);
    }

    static void Print(List<(string Target, WrkResult Wrk, double Microseconds)> runs)
    {
        Console.WriteLine("| read | per second | p50 ms | p99 ms | API's processor time in µs |");
        Console.WriteLine("|---|---:|---:|---:|---:|");

        foreach (var group in runs.GroupBy(run => run.Target))
            Console.WriteLine(
                $"| {group.Key} | {Median.Of(group.Select(run => run.Wrk.Rate)):N0} "
                + $"| {Median.Of(group.Select(run => run.Wrk.P50)):N1} "
                + $"| {Median.Of(group.Select(run => run.Wrk.P99)):N1} "
                + $"| {Median.Of(group.Select(run => run.Microseconds)):N0} |");
    }

    /// <summary>Gives every account 30 deposits.</summary>
    static async Task AddHistoriesAsync(BenchmarkLedger ledger)
    {
        await ledger.ExecuteAsync(
            """
            INSERT INTO transactions (id, to_account_id, amount, to_balance, to_version, created_at)
            SELECT gen_random_uuid(), accounts.id, 100, balance + 100 * n, n, clock_timestamp()
            FROM accounts
            CROSS JOIN generate_series(1, 30) AS n;

            UPDATE accounts SET balance = balance + 3000, version = 30, posted_at = clock_timestamp();
            """);
        await ledger.ExecuteAsync("VACUUM ANALYZE");
    }
}

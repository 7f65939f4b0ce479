namespace Bank.Benchmarks;

/// <summary>
/// Posts many transfers a request, in bulk and as batches, against pgbench's best in the same run.
/// </summary>
static class BulkBenchmark
{
    const int Connections = 8;
    static readonly int[] ClientCounts = [8, 16, 32];
    static readonly string[] Targets = ["bulk 100", "bulk 500", "batch 500"];

    /// <param name="isQuick">Whether one short round is enough.</param>
    public static async Task<int> RunAsync(bool isQuick)
    {
        var (rounds, seconds) = isQuick ? (1, 3) : (3, 5);
        await using var ledger = await BenchmarkLedger.StartAsync();
        await using var api = await ApiProcess.StartAsync(ledger.ConnectionString);
        await ledger.SeedAsync();
        var pgbench = new Pgbench(ledger.ConnectionString, ledger.Accounts, BenchmarkLedger.Users);
        await api.SignInAsync(BenchmarkLedger.Authorizations);

        var best = await BestAsync(pgbench);
        var opponents = new List<double>();
        var runs = new List<BulkRun>();

        for (var round = 1; round <= rounds; round++)
        {
            Console.WriteLine($"Round {round} of {rounds} …");
            opponents.Add(await pgbench.RunAsync(best.Text, "uniform", best.Clients, seconds));

            foreach (var target in Targets)
                runs.Add(await BulkRun.MeasureAsync(ledger, api, target, Connections, seconds));
        }

        Print(best, Median.Of(opponents), runs);
        var holds = runs.TrueForAll(run => run.IsExact) && await ledger.HoldsAsync();
        Console.WriteLine(holds ? BenchmarkLedger.Exact : BenchmarkLedger.Inexact);

        return holds ? 0 : 1;
    }

    /// <summary>What pgbench is best at.</summary>
    static async Task<(string Text, int Clients)> BestAsync(Pgbench pgbench)
    {
        var rates = new List<(string Text, int Clients, double Rate)>();

        foreach (var text in (string[])["set form", "by hand"])
        {
            foreach (var clients in ClientCounts)
                rates.Add((text, clients, await pgbench.RunAsync(text, "uniform", clients, seconds: 2)));
        }

        var best = rates.MaxBy(run => run.Rate);
        return (best.Text, best.Clients);
    }

    static void Print((string Text, int Clients) best, double rival, List<BulkRun> runs)
    {
        Console.WriteLine(
            "| | transfers per second | ratio | p50 ms | p99 ms | statement "
            + "| API's µs per transfer | PostgreSQL's |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        Console.WriteLine(
            $"| pgbench, {best.Text}, {best.Clients} clients | {rival:N0} | 1.00 | | | 1 | | |");

        foreach (var group in runs.GroupBy(run => run.Target))
        {
            double Middle(Func<BulkRun, double> value) => Median.Of(group.Select(value));
            var rate = Middle(run => run.Rate);
            Console.WriteLine(
                $"| {group.Key}, {Connections} connections | {rate:N0} | {rate / rival:N2} "
                + $"| {Middle(run => run.Run.Wrk.P50):N1} | {Middle(run => run.Run.Wrk.P99):N1} "
                + $"| {Middle(run => run.Run.AverageBatch):N0} | {Middle(run => run.ApiMicroseconds):N1} "
                + $"| {Middle(run => run.DatabaseMicroseconds):N1} |");
        }
    }
}

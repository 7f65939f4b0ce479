
namespace Bank.Benchmarks;

/// <summary>
/// Moves money while nobody and while many listen to a tenth of the accounts, in turn, and looks at what that
/// costs who moves it, how soon it is told, and what listeners cost to whom nothing is told.
/// </summary>
static class LiveBenchmark
{
    const int Connections = 64;
    const int Listeners = 1_000;
    const int MostListeners = 10_000;
    const int IdleSeconds = 10;
    const int WarmUpSeconds = 10;

    public static async Task<int> RunAsync(bool isQuick)
    {
        var (rounds, seconds) = isQuick ? (2, 3) : (5, 8);
        await using var ledger = await BenchmarkLedger.StartAsync();
        await using var api = await ApiProcess.StartAsync(
            ledger.ConnectionString, ("Live__MaxSubscribersPerUser", $"{MostListeners}"));
        await ledger.SeedAsync();
        await api.SignInAsync(BenchmarkLedger.Authorizations);
        var runs = new List<LiveRun>();

        for (var round = 0; round < rounds; round++)
        {
            await api.SignInAsync(BenchmarkLedger.Authorizations);
            runs.Add(await MeasureAsync(ledger, api, 0, seconds));
            runs.Add(await MeasureAsync(ledger, api, Listeners, seconds));
        }

        Print(runs);
        await MeasureIdleAsync(ledger, api);
        var holds = runs.TrueForAll(run => run.Api.IsExact) && await ledger.HoldsAsync();
        Console.WriteLine(holds ? BenchmarkLedger.Exact : BenchmarkLedger.Inexact);

        return holds ? 0 : 1;
    }

    static async Task<LiveRun> MeasureAsync(
        BenchmarkLedger ledger, ApiProcess api, int listeners, int seconds)
    {
        await ledger.MeasureAsync(api, "uniform", Connections, WarmUpSeconds, warmUpSeconds: 0);
        await using var listening = await LiveListeners.ConnectAsync(api.Address, listeners);
        var run = await ledger.MeasureAsync(api, "uniform", Connections, seconds, warmUpSeconds: 0);
        var each = TimeSpan.FromSeconds(seconds) / run.Transactions;

        return new LiveRun(
            listeners, run, run.Cores * each, run.PostgresCores * each, [.. listening.Latencies]);
    }

    static void Print(List<LiveRun> runs)
    {
        Console.WriteLine(
            "| listeners | transfers a second | p50 ms | p99 ms | API, µs a transfer | PostgreSQL "
            + "| events a second | to the event, p50 ms | p99 ms |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");

        foreach (var ofCount in runs.GroupBy(run => run.Listeners))
        {
            double Middle(Func<LiveRun, double> value) => Median.Of(ofCount.Select(value));
            var latencies = ofCount.SelectMany(run => run.Latencies).Order().ToArray();
            Console.WriteLine(
                $"| {ofCount.Key:N0} | {Middle(run => run.Api.Wrk.Rate):N0} "
                + $"| {Middle(run => run.Api.Wrk.P50):N1} "
                + $"| {Middle(run => run.Api.Wrk.P99):N1} | {Middle(run => run.OfApi.TotalMicroseconds):N1} "
                + $"| {Middle(run => run.OfPostgres.TotalMicroseconds):N1} "
                + $"| {Middle(run => run.Latencies.Length * run.Api.Wrk.Rate / run.Api.Transactions):N0} "
                + $"| {Part(latencies, 0.5):N1} | {Part(latencies, 0.99):N1} |");
        }

        var ratios = runs.Chunk(2).Select(pair => pair[1].Api.Wrk.Rate / pair[0].Api.Wrk.Rate);
        var costs = runs.Chunk(2).Select(pair => pair[1].Used / pair[0].Used);
        Console.WriteLine(
            $"With listeners, round by round: throughput times {Median.Of(ratios):N3}, processor time a "
            + $"transfer times {Median.Of(costs):N3} (medians)");
    }

    static async Task MeasureIdleAsync(BenchmarkLedger ledger, ApiProcess api)
    {
        var memory = api.ResidentMegabytes;
        await using var listening = await LiveListeners.ConnectAsync(api.Address, MostListeners);
        var (ofApi, ofPostgres) = (api.ProcessorTime, ledger.ProcessorTime);
        await Task.Delay(TimeSpan.FromSeconds(IdleSeconds));

        Console.WriteLine(
            $"{MostListeners:N0} listeners to whom nothing is told: {api.ResidentMegabytes:N0} MB, before "
            + $"{memory:N0} MB; the API uses {(api.ProcessorTime - ofApi).TotalSeconds / IdleSeconds:P1} of "
            + $"a core, PostgreSQL {(ledger.ProcessorTime - ofPostgres).TotalSeconds / IdleSeconds:P1}");
    }

    static double Part(double[] sorted, double part) =>
        sorted.Length == 0 ? double.NaN : sorted[(int)(part * (sorted.Length - 1))];
}

using System.Globalization;

namespace Bank.Benchmarks;

/// <summary>
/// What one, two and four instances of the API post together on one PostgreSQL, with as many connections in
/// all; and how many batches they refuse beside single transfers.
/// </summary>
static class InstancesBenchmark
{
    const int Connections = 256;
    const int BatchConnections = 16;
    const string Batch = "batch 100";
    const int Seconds = 8;
    const int BatchSeconds = 20;
    const int Rounds = 3;
    static readonly int[] Counts = [1, 2, 4];
    static readonly string[] Targets = ["uniform", "hot"];

    public static async Task<int> RunAsync()
    {
        await using var ledger = await BenchmarkLedger.StartAsync();
        var apis = new List<ApiProcess>();

        try
        {
            for (var count = 0; count < Counts.Max(); count++)
                apis.Add(await ApiProcess.StartAsync(ledger.ConnectionString));

            await ledger.SeedAsync();

            foreach (var api in apis)
                await api.SignInAsync(BenchmarkLedger.Authorizations);

            var isExact = await MeasureAsync(ledger, apis);

            foreach (var count in Counts)
                await MeasureBatchesAsync(apis[..count]);

            return isExact && await ledger.HoldsAsync() ? 0 : 1;
        }
        finally
        {
            apis.Reverse();

            foreach (var api in apis)
                await api.DisposeAsync();
        }
    }

    static async Task<bool> MeasureAsync(BenchmarkLedger ledger, List<ApiProcess> apis)
    {
        var runs = new List<(string Target, int Count, ApiRun Run)>();
        Console.WriteLine("| target | instances | per second | ratio to one | p99 ms | PostgreSQL, cores |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");

        foreach (var target in Targets)
        {
            foreach (var count in Counts)
                await DriveAsync(ledger, apis[..count], target);

            for (var round = 0; round < Rounds; round++)
            {
                foreach (var count in Counts)
                    runs.Add((target, count, await DriveAsync(ledger, apis[..count], target)));
            }

            foreach (var count in Counts)
                Console.WriteLine(Row(target, count, runs));
        }

        return runs.TrueForAll(run => run.Run.IsExact);
    }

    static Task<ApiRun> DriveAsync(BenchmarkLedger ledger, List<ApiProcess> apis, string target) =>
        ledger.MeasureAsync(
            apis[0], Seconds,
            async seconds => WrkResult.Sum(await Task.WhenAll(apis.Select(api => Wrk.RunAsync(
                api.Address, target, Connections / apis.Count, seconds)))),
            warmUpSeconds: 0);

    /// <summary>Batches need a hundred accounts at once, which single transfers keep locking.</summary>
    static async Task MeasureBatchesAsync(List<ApiProcess> apis)
    {
        var transfers = apis.Select(api => Wrk.RunAsync(
            api.Address, "uniform", Connections / apis.Count, BatchSeconds));
        var batches = apis.Select(api => Wrk.RunAsync(
            api.Address, Batch, BatchConnections / apis.Count, BatchSeconds));
        var together = await Task.WhenAll(
            Task.WhenAll(transfers.ToList()), Task.WhenAll(batches.ToList()));
        var (single, batch) = (WrkResult.Sum(together[0]), WrkResult.Sum(together[1]));

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{apis.Count} instances: {batch.Answered:N0} batches answered, {batch.Refused:N0} refused, p99 "
            + $"{batch.P99:N0} ms, beside {single.Answered:N0} transfers, {single.Refused:N0} refused"));
    }

    static string Row(string target, int count, List<(string Target, int Count, ApiRun Run)> runs)
    {
        var ones = runs.Where(run => run.Target == target && run.Count == 1).Select(run => run.Run.Wrk.Rate);
        var these = runs.Where(run => run.Target == target && run.Count == count)
            .Select(run => run.Run).ToList();
        var ratios = these.Zip(ones, (run, one) => run.Wrk.Rate / one).ToList();

        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {target} | {count} | {Median.Of(these.Select(run => run.Wrk.Rate)):N0} "
            + $"| {Median.Of(ratios):N2} ({ratios.Min():N2} to {ratios.Max():N2}) "
            + $"| {Median.Of(these.Select(run => run.Wrk.P99)):N1} "
            + $"| {Median.Of(these.Select(run => run.PostgresCores)):N2} |");
    }
}

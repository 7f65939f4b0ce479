namespace Bank.Benchmarks;

/// <summary>
/// Drives the API for five minutes, in stretches, to see what grows: its memory, its latency.
/// </summary>
static class SoakBenchmark
{
    const int Connections = 256;
    const int Stretches = 10;
    const int SecondsPerStretch = 30;

    public static async Task<int> RunAsync()
    {
        await using var ledger = await BenchmarkLedger.StartAsync();
        await using var api = await ApiProcess.StartAsync(ledger.ConnectionString);
        await ledger.SeedAsync();
        await api.SignInAsync(BenchmarkLedger.Authorizations);
        var isExact = true;

        Console.WriteLine("| second | per second | p50 ms | p99 ms | batch | API cores | API MB |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|");

        for (var stretch = 1; stretch <= Stretches; stretch++)
        {
            var run = await ledger.MeasureAsync(
                api, "uniform", Connections, SecondsPerStretch, warmUpSeconds: 0);
            isExact &= run.IsExact;
            Console.WriteLine(
                $"| {stretch * SecondsPerStretch} | {run.Wrk.Rate:N0} | {run.Wrk.P50:N1} | {run.Wrk.P99:N1} "
                + $"| {run.AverageBatch:N0} | {run.Cores:N2} | {run.ResidentMegabytes:N0} |");
        }

        var holds = isExact && await ledger.HoldsAsync();
        Console.WriteLine(holds ? BenchmarkLedger.Exact : BenchmarkLedger.Inexact);

        return holds ? 0 : 1;
    }
}

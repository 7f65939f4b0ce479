using System.Globalization;

namespace Bank.Benchmarks;

/// <summary>
/// What those who use other accounts lose while rows are locked or commands fail, and while others close
/// accounts or reset streams: each disturbance takes turns with none at all.
/// </summary>
static class LockedBenchmark
{
    const int Connections = 64;
    const int Seconds = 8;
    const int Rounds = 3;

    /// <summary>The accounts that the disturbances use; the others transfer between the rest.</summary>
    const int Disturbed = 100;

    /// <param name="names">Words of the disturbances to measure; all without one.</param>
    public static async Task<int> RunAsync(string[] names)
    {
        await using var ledger = await BenchmarkLedger.StartAsync();
        await using var api = await ApiProcess.StartAsync(ledger.ConnectionString);
        await ledger.SeedAsync();
        await api.SignInAsync(BenchmarkLedger.Authorizations);
        await ledger.ExecuteAsync(Disturbance.PrepareSql);
        var isExact = true;

        Console.WriteLine("| disturbance | others' rate / without it | range | p50, p99 ms | answers |");
        Console.WriteLine("|---|---:|---:|---:|---|");
        await MeasureAsync(ledger, api, warmUpSeconds: 10);

        foreach (var disturbance in Disturbance.All.Where(
            one => names is [] || names.Any(name => one.Name.Contains(name))))
        {
            List<(ApiRun Without, ApiRun Beside)> rounds = [];
            var answers = new List<string>();

            for (var round = 0; round < Rounds; round++)
            {
                var without = await MeasureAsync(ledger, api);
                await using var running = await disturbance.StartAsync(ledger, api);
                rounds.Add((without, await MeasureAsync(ledger, api)));
                answers.AddRange(await running.EndAsync());
            }

            isExact &= rounds.TrueForAll(
                round => round.Beside.Wrk is { Broken: 0 } wrk && wrk.Answered == wrk.Posted);
            Console.WriteLine($"| {disturbance.Name} {Describe(rounds)} | {Counts(answers)} |");
        }

        var holds = isExact && await ledger.HoldsAsync(Disturbed + 1);
        Console.WriteLine(holds ? BenchmarkLedger.Exact : BenchmarkLedger.Inexact);

        return holds ? 0 : 1;
    }

    static Task<ApiRun> MeasureAsync(BenchmarkLedger ledger, ApiProcess api, int warmUpSeconds = 0) =>
        ledger.MeasureAsync(
            api, "uniform", Connections, Seconds, Disturbed + 1, warmUpSeconds: warmUpSeconds);

    static string Describe(List<(ApiRun Without, ApiRun Beside)> rounds)
    {
        var ratios = rounds.Select(round => round.Beside.Wrk.Rate / round.Without.Wrk.Rate).ToList();

        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {Median.Of(ratios):N2} | {ratios.Min():N2} to {ratios.Max():N2} "
            + $"| {Median.Of(rounds.Select(round => round.Beside.Wrk.P50)):N1}, "
            + $"{Median.Of(rounds.Select(round => round.Beside.Wrk.P99)):N1} "
            + $"(without {Median.Of(rounds.Select(round => round.Without.Wrk.P50)):N1}, "
            + $"{Median.Of(rounds.Select(round => round.Without.Wrk.P99)):N1})");
    }

    static string Counts(List<string> answers) => string.Join(
        ", ", answers.CountBy(answer => answer).OrderBy(pair => pair.Key)
            .Select(pair => $"{pair.Value:N0} times {pair.Key}"));
}

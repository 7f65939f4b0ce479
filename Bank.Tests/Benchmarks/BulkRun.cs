using System.Globalization;

namespace Bank.Benchmarks;

/// <summary>One run of requests with many transfers each.</summary>
/// <param name="Target">"bulk" or "batch", and how many transfers a request has.</param>
/// <param name="Run">What it did; of wrk's counts, each is of a request.</param>
/// <param name="Rate">Transfers a second.</param>
/// <param name="ApiMicroseconds">The API's processor time for each transfer.</param>
/// <param name="DatabaseMicroseconds">PostgreSQL's.</param>
sealed record BulkRun(
    string Target, ApiRun Run, double Rate, double ApiMicroseconds, double DatabaseMicroseconds)
{
    /// <summary>
    /// Whether every request was answered well and the ledger gained exactly its transfers.
    /// </summary>
    public bool IsExact => Run.Wrk is { Broken: 0, Refused: 0 } && Run.Wrk.Answered == Run.Wrk.Posted
        && Run.Transactions == Run.Wrk.Answered * TransfersOf(Target);

    public static async Task<BulkRun> MeasureAsync(
        BenchmarkLedger ledger, ApiProcess api, string target, int connections, int seconds)
    {
        var run = await ledger.MeasureAsync(api, target, connections, seconds);
        var rate = run.Transactions / (double)seconds;

        return new BulkRun(target, run, rate, run.Cores * 1e6 / rate, run.PostgresCores * 1e6 / rate);
    }

    static int TransfersOf(string target) => int.Parse(target.Split(' ')[1], CultureInfo.InvariantCulture);
}

namespace Bank.Benchmarks;

/// <summary>What the load generator saw of one run.</summary>
/// <param name="Posted">Transfers sent.</param>
/// <param name="Answered">Answers that came.</param>
/// <param name="Refused">Answers other than 201.</param>
/// <param name="Broken">Errors of the connections.</param>
/// <param name="Rate">Transfers a second.</param>
/// <param name="P50">The median latency in milliseconds.</param>
/// <param name="P99">The 99th percentile of the latency in milliseconds.</param>
/// <param name="Unread">How many requests it may have sent whose answers it did not wait for.</param>
sealed record WrkResult(
    long Posted, long Answered, long Refused, long Broken, double Rate, double P50, double P99,
    long Unread = 0)
{
    /// <summary>
    /// What several generators saw together: the average median, and the worst 99th percentile.
    /// </summary>
    public static WrkResult Sum(IReadOnlyList<WrkResult> runs) => new(
        runs.Sum(run => run.Posted), runs.Sum(run => run.Answered), runs.Sum(run => run.Refused),
        runs.Sum(run => run.Broken), runs.Sum(run => run.Rate), runs.Average(run => run.P50),
        runs.Max(run => run.P99), runs.Sum(run => run.Unread));
}

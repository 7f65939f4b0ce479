namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// How many queries may be in flight at once. One makes the largest groups and is the fastest while the pages
/// that it needs are in memory. Several wait for the disk at the same time, and are faster while pages are
/// read from it. So it measures: it tries one query more, or one less, for <see cref="Window"/>, and keeps
/// what is faster. It is not thread-safe: <see cref="CommandQueue"/> uses it under its lock.
/// </summary>
/// <remarks>
/// A try is compared with the windows before and after it, so that a load that grows by itself is not taken
/// for its effect. One more query has to bring a fifth, since more queries make smaller groups; one less may
/// cost a twentieth. A try that failed is repeated after a pause, which doubles up to
/// <see cref="MaxPause"/>, or at once when the rate falls to a half. Only windows count in which a query was
/// always in flight.
/// </remarks>
/// <param name="options">The bounds.</param>
/// <param name="time">The clock.</param>
sealed class QueriesInFlight(GroupCommitOptions options, TimeProvider time)
{
    /// <summary>How long a rate is measured.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest pause between two tries: a failed one costs a quarter of a window.</summary>
    public static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);

    static readonly TimeSpan MinPause = TimeSpan.FromSeconds(2);

    readonly int min = options.MinQueriesInFlight;
    readonly int max = Math.Max(options.MinQueriesInFlight, options.MaxQueriesInFlight);
    int settled = options.MinQueriesInFlight;
    int step = 1;
    Phase phase = Phase.Settled;
    TimeSpan pause = MinPause;
    long windowStart = time.GetTimestamp();
    long settledSince = time.GetTimestamp();
    long posted;
    double rateBefore;
    double rateDuring;

    enum Phase
    {
        Settled,
        Trying,
        Comparing,
    }

    /// <summary>How many queries may be in flight now.</summary>
    public int Allowed { get; private set; } = options.MinQueriesInFlight;

    /// <summary>Records that a query is sent.</summary>
    /// <param name="transactions">How many transactions it is to post.</param>
    public void RecordSent(int transactions)
    {
        var length = time.GetElapsedTime(windowStart);
        posted += transactions;

        if (length < Window)
            return;

        var rate = posted / length.TotalSeconds;
        StartWindow();
        Continue(rate);
    }

    /// <summary>Records that no query is in flight: nothing is to be learned from this window.</summary>
    public void RecordIdle()
    {
        StartWindow();

        if (phase is not Phase.Settled)
            Settle(settled);
    }

    void Continue(double rate)
    {
        switch (phase)
        {
            case Phase.Settled when min == max:
                break;
            case Phase.Settled when time.GetElapsedTime(settledSince) < pause && rate > rateBefore / 2:
                rateBefore = rate;
                break;
            case Phase.Settled:
                rateBefore = rate;
                Allowed = NextTry();
                phase = Phase.Trying;
                break;
            case Phase.Trying:
                rateDuring = rate;
                Allowed = settled;
                phase = Phase.Comparing;
                break;
            default:
                Judge(Math.Max(rateBefore, rate));
                rateBefore = rate;
                break;
        }
    }

    int NextTry()
    {
        if (settled + step > max || settled + step < min)
            step = -step;

        return settled + step;
    }

    void Judge(double rateWithout)
    {
        if (rateDuring > rateWithout * (step > 0 ? 1.2 : 0.95))
        {
            pause = TimeSpan.Zero;
            Settle(settled + step);
        }
        else
        {
            pause = pause < MinPause ? MinPause : pause * 2 > MaxPause ? MaxPause : pause * 2;
            step = -step;
            Settle(settled);
        }
    }

    void Settle(int queries)
    {
        settled = Allowed = queries;
        phase = Phase.Settled;
        settledSince = time.GetTimestamp();
    }

    void StartWindow()
    {
        windowStart = time.GetTimestamp();
        posted = 0;
    }
}

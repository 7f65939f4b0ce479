using Bank.Infrastructure.Ledger;

namespace Bank.Features.Webhooks;

/// <summary>
/// Lets money movements go first. While this process is busy and posts, deliveries wait for their turn: one
/// for each <see cref="PostingsPerDelivery"/> postings. Otherwise none waits.
/// </summary>
sealed class WebhookPace(TimeProvider time) : IDisposable
{
    /// <summary>A delivery costs about as much as a posting, so this bounds the cost to about 1 %.</summary>
    const int PostingsPerDelivery = 100;

    /// <summary>The part of all cores from which on the process is busy.</summary>
    const double Busy = 0.25;

    /// <summary>How often it is measured.</summary>
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    readonly SemaphoreSlim turns = new(0);
    long posted;
    int waiting;
    long measuredAt = time.GetTimestamp();
    TimeSpan usedThen = Environment.CpuUsage.TotalTime;

    /// <summary>Whether deliveries wait.</summary>
    public bool IsBusy { get; private set; }

    public void RecordPosting(MoneyCommand command) => Interlocked.Increment(ref posted);

    /// <summary>Waits for the turn of a delivery.</summary>
    public async ValueTask WaitAsync(CancellationToken ct)
    {
        if (!IsBusy)
            return;

        Interlocked.Increment(ref waiting);

        try
        {
            await turns.WaitAsync(ct);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    /// <summary>Measures, and gives turns. One thread calls it often.</summary>
    public void Update()
    {
        var passed = time.GetElapsedTime(measuredAt);

        if (passed < Interval)
            return;

        var used = Environment.CpuUsage.TotalTime;
        var postings = Interlocked.Exchange(ref posted, 0);
        IsBusy = postings >= PostingsPerDelivery
            && used - usedThen > Busy * Environment.ProcessorCount * passed;
        (measuredAt, usedThen) = (time.GetTimestamp(), used);
        var count = Volatile.Read(ref waiting) - turns.CurrentCount;
        var given = IsBusy ? Math.Min(count, (int)(postings / PostingsPerDelivery)) : count;

        if (given > 0)
            turns.Release(given);
    }

    public void Dispose() => turns.Dispose();
}

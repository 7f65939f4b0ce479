using System.Threading.RateLimiting;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Auth;

/// <summary>Counts, in a sliding window of its own for each key, and refuses what comes too often.</summary>
/// <param name="permits">How many may come in a window; 0 for any number.</param>
/// <param name="window">The length of the window.</param>
sealed class Limiter(int permits, TimeSpan window) : IDisposable
{
    const int SegmentsPerWindow = 6;

    readonly PartitionedRateLimiter<string> running = ForEachKey(permits, key =>
        RateLimitPartition.GetConcurrencyLimiter(key, _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = permits,
        }));

    readonly PartitionedRateLimiter<string> limiter = ForEachKey(permits, key =>
        RateLimitPartition.GetSlidingWindowLimiter(key, _ => new SlidingWindowRateLimiterOptions
        {
            PermitLimit = permits,
            Window = window,
            SegmentsPerWindow = SegmentsPerWindow,
        }));

    /// <summary>Counts one.</summary>
    /// <exception cref="ProblemException">There were too many already.</exception>
    public void Count(string key) => ThrowUnlessAcquired(key, 1);

    /// <summary>Counts one, whether or not there were too many already.</summary>
    public void Note(string key) => limiter.AttemptAcquire(key).Dispose();

    /// <summary>Only looks.</summary>
    /// <exception cref="ProblemException">There were too many already.</exception>
    public void ThrowIfReached(string key) => ThrowUnlessAcquired(key, 0);

    /// <summary>
    /// Begins what may be noted when it ends: no more of them run at once than may be noted in a window.
    /// </summary>
    /// <exception cref="ProblemException">There were too many already, or too many run.</exception>
    public IDisposable Begin(string key)
    {
        ThrowUnlessAcquired(key, 0);
        var lease = running.AttemptAcquire(key);

        return lease.IsAcquired ? lease : throw Reached(lease, TimeSpan.FromSeconds(1));
    }

    public void Dispose()
    {
        limiter.Dispose();
        running.Dispose();
    }

    static PartitionedRateLimiter<string> ForEachKey(
        int permits, Func<string, RateLimitPartition<string>> limited) =>
        PartitionedRateLimiter.Create<string, string>(
            key => permits == 0 ? RateLimitPartition.GetNoLimiter(key) : limited(key));

    void ThrowUnlessAcquired(string key, int count)
    {
        using var lease = limiter.AttemptAcquire(key, count);

        if (!lease.IsAcquired)
            throw Reached(lease, window);
    }

    static ProblemException Reached(RateLimitLease lease, TimeSpan otherwise) => new(Problem.TooManyRequests)
    {
        RetryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var pause) ? pause : otherwise,
    };
}

using System.Threading.RateLimiting;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Auth;

/// <summary>Counts, in a sliding window of its own for each key, and refuses what comes too often.</summary>
/// <param name="permits">How many may come in a window; 0 for any number.</param>
/// <param name="window">The length of the window.</param>
sealed class Limiter(int permits, TimeSpan window) : IDisposable
{
    readonly PartitionedRateLimiter<string> limiter = PartitionedRateLimiter.Create<string, string>(
        key => permits == 0
            ? RateLimitPartition.GetNoLimiter(key)
            : RateLimitPartition.GetSlidingWindowLimiter(key, _ => new SlidingWindowRateLimiterOptions
            {
                PermitLimit = permits,
                Window = window,
                SegmentsPerWindow = 6,
            }));

    /// <summary>Counts one.</summary>
    /// <exception cref="ProblemException">There were too many already.</exception>
    public void Count(string key) => ThrowUnlessAcquired(key, 1);

    /// <summary>Counts one, whether or not there were too many already.</summary>
    public void Note(string key) => limiter.AttemptAcquire(key).Dispose();

    /// <summary>Only looks.</summary>
    /// <exception cref="ProblemException">There were too many already.</exception>
    public void ThrowIfReached(string key) => ThrowUnlessAcquired(key, 0);

    public void Dispose() => limiter.Dispose();

    void ThrowUnlessAcquired(string key, int count)
    {
        using var lease = limiter.AttemptAcquire(key, count);

        if (!lease.IsAcquired)
            throw new ProblemException(Problem.TooManyRequests)
            {
                RetryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var pause) ? pause : window,
            };
    }
}

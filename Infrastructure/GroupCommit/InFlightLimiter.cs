using System.Threading.RateLimiting;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// Limits how many commands of one user are in flight, over all slices, each counted as often as it posts
/// transactions: single commands, and separately those of bulks. A user with none in flight may always have
/// one command or one bulk, whatever its size.
/// </summary>
sealed class InFlightLimiter(GroupCommitOptions options) : IDisposable
{
    readonly PartitionedRateLimiter<long> single = PerUser(options.CommandsPerUser);
    readonly PartitionedRateLimiter<long> bulk = PerUser(options.BulkCommandsPerUser);

    /// <summary>Counts a single command until disposal.</summary>
    /// <exception cref="ProblemException">The user would have too many commands in flight.</exception>
    public RateLimitLease Acquire(long callerId, int transactions) =>
        Acquire(single, callerId, Math.Min(transactions, options.CommandsPerUser));

    /// <summary>Counts the commands of a bulk until disposal.</summary>
    /// <exception cref="ProblemException">
    /// The user would have too many commands of bulks in flight.
    /// </exception>
    public RateLimitLease AcquireBulk(long callerId, int commands) =>
        Acquire(bulk, callerId, Math.Min(commands, options.BulkCommandsPerUser));

    public void Dispose()
    {
        single.Dispose();
        bulk.Dispose();
    }

    static RateLimitLease Acquire(PartitionedRateLimiter<long> limiter, long callerId, int permits)
    {
        var lease = limiter.AttemptAcquire(callerId, permits);

        return lease.IsAcquired
            ? lease
            : throw new ProblemException(Problem.TooManyRequests);
    }

    /// <param name="permits">0 for any number.</param>
    static PartitionedRateLimiter<long> PerUser(int permits) => PartitionedRateLimiter.Create<long, long>(
        callerId => permits == 0
            ? RateLimitPartition.GetNoLimiter(callerId)
            : RateLimitPartition.GetConcurrencyLimiter(callerId, _ => new() { PermitLimit = permits }));
}

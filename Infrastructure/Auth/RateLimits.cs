using System.Threading.RateLimiting;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Limits the registrations of an address, the requests of a user and the password guesses of strangers. A
/// request beyond a limit ends with a <see cref="ProblemException"/>.
/// </summary>
sealed class RateLimits(RateLimitOptions options) : IDisposable
{
    /// <summary>
    /// How many passwords of one known customer go before strangers at a time; further ones queue with them.
    /// </summary>
    const int PriorityPermitsPerUser = 2;

    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    readonly PartitionedRateLimiter<string> registrations =
        SlidingWindow(Hour, options.RegistrationsPerAddress);
    readonly PartitionedRateLimiter<string> requests = SlidingWindow(Second, options.RequestsPerUser);
    readonly PartitionedRateLimiter<string> userFailures =
        SlidingWindow(Minute, options.FailedSignInsPerUser);
    readonly PartitionedRateLimiter<string> addressFailures =
        SlidingWindow(Minute, options.FailedSignInsPerAddress);
    readonly PartitionedRateLimiter<string> priority = Concurrency(PriorityPermitsPerUser);

    /// <summary>Runs at most as many guesses at a time as may fail in a window.</summary>
    readonly PartitionedRateLimiter<(string User, string Address)> guesses =
        PartitionedRateLimiter.CreateChained(
            Concurrency(options.FailedSignInsPerUser)
                .WithTranslatedKey<(string User, string)>(guess => guess.User, false),
            Concurrency(options.FailedSignInsPerAddress)
                .WithTranslatedKey<(string, string Address)>(guess => guess.Address, false));

    public void CountRegistration(string address) => Acquire(registrations, address, Hour).Dispose();

    public void CountRequest(string username) => Acquire(requests, username, Second).Dispose();

    /// <summary>Acquires the right to verify a password, until the lease is disposed.</summary>
    public RateLimitLease AcquireVerification(
        string username, string address, bool isKnown, out bool hasPriority)
    {
        if (!isKnown)
            ThrowIfBlocked(username, address);

        var lease = isKnown
            ? priority.AttemptAcquire(username)
            : Acquire(guesses, (username, address), Second);
        hasPriority = isKnown && lease.IsAcquired;

        return lease;
    }

    /// <exception cref="ProblemException">Too many recent sign-ins failed.</exception>
    public void ThrowIfBlocked(string username, string address)
    {
        Acquire(userFailures, username, Minute, permits: 0).Dispose();
        Acquire(addressFailures, address, Minute, permits: 0).Dispose();
    }

    /// <summary>Counts a failed sign-in, whether or not the limit is reached.</summary>
    public void RecordFailure(string username, string address)
    {
        userFailures.AttemptAcquire(username).Dispose();
        addressFailures.AttemptAcquire(address).Dispose();
    }

    public void Dispose()
    {
        foreach (var limiter in new[] { registrations, requests, userFailures, addressFailures, priority })
            limiter.Dispose();

        guesses.Dispose();
    }

    static RateLimitLease Acquire<T>(
        PartitionedRateLimiter<T> limiter, T key, TimeSpan retryAfter, int permits = 1)
    {
        var lease = limiter.AttemptAcquire(key, permits);

        return lease.IsAcquired
            ? lease
            : throw new ProblemException(Problem.TooManyRequests) { RetryAfter = retryAfter };
    }

    static PartitionedRateLimiter<string> SlidingWindow(TimeSpan window, int permits) => Limiter(
        permits,
        key => RateLimitPartition.GetSlidingWindowLimiter(
            key, _ => new() { PermitLimit = permits, Window = window, SegmentsPerWindow = 6 }));

    static PartitionedRateLimiter<string> Concurrency(int permits) => Limiter(
        permits, key => RateLimitPartition.GetConcurrencyLimiter(key, _ => new() { PermitLimit = permits }));

    /// <param name="permits">0 means unlimited.</param>
    /// <param name="limit">The limit of a key otherwise.</param>
    static PartitionedRateLimiter<string> Limiter(
        int permits, Func<string, RateLimitPartition<string>> limit) =>
        PartitionedRateLimiter.Create(permits == 0 ? RateLimitPartition.GetNoLimiter : limit);
}

using System.Threading.RateLimiting;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Limits the registrations of an address, the requests of a user and the password guesses of strangers. A
/// request beyond a limit ends with a <see cref="ProblemException"/>.
/// </summary>
sealed class RateLimits(RateLimitOptions options, TimeProvider time) : IDisposable
{
    /// <summary>
    /// How many password checks of one known user may have priority at the same time. Further ones wait in
    /// the queue of strangers.
    /// </summary>
    const int PriorityPermitsPerUser = 2;

    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    readonly PartitionedRateLimiter<string> registrations =
        SlidingWindow(Hour, options.RegistrationsPerAddress);
    readonly PartitionedRateLimiter<string> requests = SlidingWindow(Second, options.RequestsPerUser);
    readonly SlidingCounts userFailures = new(Minute, options.FailedSignInsPerUser, time);
    readonly SlidingCounts addressFailures = new(Minute, options.FailedSignInsPerAddress, time);
    readonly ConcurrencyLimit priority = new(PriorityPermitsPerUser);

    // Concurrent guesses are limited to the number of failures allowed, because a failure counts only after
    // its guess. So parallel guesses cannot reach twice that number.
    readonly ConcurrencyLimit userGuesses = new(options.FailedSignInsPerUser);
    readonly ConcurrencyLimit addressGuesses = new(options.FailedSignInsPerAddress);

    /// <summary>The number of names and addresses that are stored because of sign-ins.</summary>
    public int StoredKeys => userFailures.Count + addressFailures.Count + priority.Count + userGuesses.Count
        + addressGuesses.Count;

    public void CountRegistration(string address) => Acquire(registrations, address, Hour);

    public void CountRequest(string username) => Acquire(requests, username, Second);

    /// <summary>
    /// Returns a lease to hold while a password is verified. A caller that is not known gets a problem over
    /// the limit; a known user only loses priority.
    /// </summary>
    /// <exception cref="ProblemException">A limit of strangers is reached.</exception>
    public IDisposable AcquireVerification(
        string username, string address, bool isKnown, out bool hasPriority)
    {
        hasPriority = isKnown && priority.TryAcquire(username);

        if (hasPriority)
            return new Lease(() => priority.Release(username));

        if (isKnown)
            return new Lease(() => { });

        ThrowIfBlocked(username, address);

        if (!userGuesses.TryAcquire(username))
            throw TooMany(Second);

        if (!addressGuesses.TryAcquire(address))
        {
            userGuesses.Release(username);
            throw TooMany(Second);
        }

        return new Lease(() =>
        {
            userGuesses.Release(username);
            addressGuesses.Release(address);
        });
    }

    /// <exception cref="ProblemException">Too many recent sign-ins failed.</exception>
    public void ThrowIfBlocked(string username, string address)
    {
        if (userFailures.IsReached(username) || addressFailures.IsReached(address))
            throw TooMany(Minute);
    }

    /// <summary>Counts a failed sign-in, whether or not the limit is reached.</summary>
    public void RecordFailure(string username, string address)
    {
        userFailures.Add(username);
        addressFailures.Add(address);
    }

    public void Dispose()
    {
        registrations.Dispose();
        requests.Dispose();
        userFailures.Dispose();
        addressFailures.Dispose();
    }

    static void Acquire(PartitionedRateLimiter<string> limiter, string key, TimeSpan retryAfter)
    {
        using var lease = limiter.AttemptAcquire(key);

        if (!lease.IsAcquired)
            throw TooMany(retryAfter);
    }

    static ProblemException TooMany(TimeSpan retryAfter) =>
        new(Problem.TooManyRequests) { RetryAfter = retryAfter };

    /// <param name="window">The length of the window.</param>
    /// <param name="limit">The limit of a key; 0 means unlimited.</param>
    static PartitionedRateLimiter<string> SlidingWindow(TimeSpan window, int limit) =>
        PartitionedRateLimiter.Create<string, string>(key => limit == 0
            ? RateLimitPartition.GetNoLimiter(key)
            : RateLimitPartition.GetSlidingWindowLimiter(
                key, _ => new() { PermitLimit = limit, Window = window, SegmentsPerWindow = 6 }));

    sealed class Lease(Action release) : IDisposable
    {
        public void Dispose() => release();
    }
}

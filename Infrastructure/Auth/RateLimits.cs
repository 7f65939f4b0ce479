using System.Threading.RateLimiting;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// How often an address may register, a user may ask, and strangers may guess passwords. What comes too often
/// ends with a <see cref="ProblemException"/>.
/// </summary>
sealed class RateLimits(RateLimitOptions options) : IDisposable
{
    /// <summary>
    /// How many passwords of one known customer go before strangers at once; further ones wait among them.
    /// </summary>
    const int FirstOfUser = 2;

    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    readonly PartitionedRateLimiter<string> registrations = Within(Hour, options.RegistrationsPerAddress);
    readonly PartitionedRateLimiter<string> requests = Within(Second, options.RequestsPerUser);
    readonly PartitionedRateLimiter<string> failuresOfUser = Within(Minute, options.FailedSignInsPerUser);
    readonly PartitionedRateLimiter<string> failuresOfAddress = Within(Minute, options.FailedSignInsPerAddress);
    readonly PartitionedRateLimiter<string> first = AtOnce(FirstOfUser);

    /// <summary>No more guesses run at once than may fail in a window.</summary>
    readonly PartitionedRateLimiter<(string User, string Address)> guesses = PartitionedRateLimiter.CreateChained(
        AtOnce(options.FailedSignInsPerUser).WithTranslatedKey<(string User, string)>(guess => guess.User, false),
        AtOnce(options.FailedSignInsPerAddress)
            .WithTranslatedKey<(string, string Address)>(guess => guess.Address, false));

    public void CountRegistration(string address) => Take(registrations, address, Hour).Dispose();

    public void CountRequest(string username) => Take(requests, username, Second).Dispose();

    /// <summary>Begins to verify a password, until disposal.</summary>
    public RateLimitLease Begin(string username, string address, bool isKnown, out bool goesFirst)
    {
        if (!isKnown)
            ThrowIfGuessed(username, address);

        var turn = isKnown ? first.AttemptAcquire(username) : Take(guesses, (username, address), Second);
        goesFirst = isKnown && turn.IsAcquired;

        return turn;
    }

    /// <summary>Looks whether too many sign-ins failed lately.</summary>
    public void ThrowIfGuessed(string username, string address)
    {
        Take(failuresOfUser, username, Minute, permits: 0).Dispose();
        Take(failuresOfAddress, address, Minute, permits: 0).Dispose();
    }

    /// <summary>Counts a sign-in that failed, however many did.</summary>
    public void NoteFailure(string username, string address)
    {
        failuresOfUser.AttemptAcquire(username).Dispose();
        failuresOfAddress.AttemptAcquire(address).Dispose();
    }

    public void Dispose()
    {
        foreach (var limiter in new[] { registrations, requests, failuresOfUser, failuresOfAddress, first })
            limiter.Dispose();

        guesses.Dispose();
    }

    static RateLimitLease Take<T>(PartitionedRateLimiter<T> limiter, T key, TimeSpan retryAfter, int permits = 1)
    {
        var lease = limiter.AttemptAcquire(key, permits);

        return lease.IsAcquired
            ? lease
            : throw new ProblemException(Problem.TooManyRequests) { RetryAfter = retryAfter };
    }

    static PartitionedRateLimiter<string> Within(TimeSpan window, int permits) => Limiting(
        permits,
        key => RateLimitPartition.GetSlidingWindowLimiter(
            key, _ => new() { PermitLimit = permits, Window = window, SegmentsPerWindow = 6 }));

    static PartitionedRateLimiter<string> AtOnce(int permits) => Limiting(
        permits, key => RateLimitPartition.GetConcurrencyLimiter(key, _ => new() { PermitLimit = permits }));

    /// <param name="permits">0 for any number.</param>
    /// <param name="limit">How a key is limited otherwise.</param>
    static PartitionedRateLimiter<string> Limiting(int permits, Func<string, RateLimitPartition<string>> limit) =>
        PartitionedRateLimiter.Create(permits == 0 ? RateLimitPartition.GetNoLimiter : limit);
}

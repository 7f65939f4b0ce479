using System.Threading.RateLimiting;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Auth;

/// <summary>How often an address may register, a user may ask, and strangers may guess passwords.</summary>
sealed class Limits(LimitOptions options) : IDisposable
{
    const int LongestUsername = 128;

    /// <summary>
    /// How many passwords of one known customer go before strangers at once; further ones wait among them.
    /// </summary>
    const int FirstOfUser = 2;

    readonly Limiter failuresOfUser = new(options.FailedSignInsPerUser, TimeSpan.FromMinutes(1));
    readonly Limiter failuresOfAddress = new(options.FailedSignInsPerAddress, TimeSpan.FromMinutes(1));

    /// <summary>No more guesses run at once than may fail in a window.</summary>
    readonly PartitionedRateLimiter<(string User, string Address)> guesses =
        PartitionedRateLimiter.CreateChained(
            AtOnce<(string User, string Address)>(options.FailedSignInsPerUser, guess => guess.User),
            AtOnce<(string User, string Address)>(options.FailedSignInsPerAddress, guess => guess.Address));

    readonly PartitionedRateLimiter<string> first = AtOnce<string>(FirstOfUser, username => username);

    /// <summary>Registrations, by address.</summary>
    public Limiter Registrations { get; } = new(options.RegistrationsPerAddress, TimeSpan.FromHours(1));

    /// <summary>Requests, by username.</summary>
    public Limiter Requests { get; } = new(options.RequestsPerUser, TimeSpan.FromSeconds(1));

    /// <summary>Only looks.</summary>
    /// <exception cref="ProblemException">Too many sign-ins failed lately.</exception>
    public void ThrowIfGuessed(string username, string address)
    {
        failuresOfUser.ThrowIfReached(KeyOf(username));
        failuresOfAddress.ThrowIfReached(address);
    }

    /// <summary>Begins a sign-in, which ends with its disposal.</summary>
    /// <exception cref="ProblemException">
    /// Nobody known signs in, and too many failed lately or are being tried.
    /// </exception>
    public SignInAttempt Begin(string username, string address, bool isKnown)
    {
        if (isKnown)
        {
            var turn = first.AttemptAcquire(username);
            return new SignInAttempt(turn, turn.IsAcquired);
        }

        ThrowIfGuessed(username, address);
        var guess = guesses.AttemptAcquire((KeyOf(username), address));

        return guess.IsAcquired
            ? new SignInAttempt(guess, GoesFirst: false)
            : throw new ProblemException(Problem.TooManyRequests) { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    /// <summary>Counts a sign-in that failed.</summary>
    public void NoteFailure(string username, string address)
    {
        failuresOfUser.Note(KeyOf(username));
        failuresOfAddress.Note(address);
    }

    public void Dispose()
    {
        failuresOfUser.Dispose();
        failuresOfAddress.Dispose();
        guesses.Dispose();
        first.Dispose();
        Registrations.Dispose();
        Requests.Dispose();
    }

    /// <summary>Nobody has a longer name; all of them together count as one.</summary>
    static string KeyOf(string username) => username.Length <= LongestUsername ? username : "";

    static PartitionedRateLimiter<T> AtOnce<T>(int permits, Func<T, string> keyOf) =>
        PartitionedRateLimiter.Create<T, string>(resource => permits == 0
            ? RateLimitPartition.GetNoLimiter(keyOf(resource))
            : RateLimitPartition.GetConcurrencyLimiter(
                keyOf(resource), _ => new ConcurrencyLimiterOptions { PermitLimit = permits }));
}

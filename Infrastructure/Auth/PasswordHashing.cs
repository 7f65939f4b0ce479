using Bank.Infrastructure.Connections;
using BCrypt.Net;
using static BCrypt.Net.BCrypt;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Hashes and verifies passwords with enhanced bcrypt. SHA-384 comes first, so that no password is truncated.
/// Passwords are in Unicode normal form C, because keyboards and systems differ in how they compose a letter.
/// </summary>
sealed class PasswordHashing(
    BcryptThreads threads, PasswordOptions options, DatabaseOptions database, AuthMetrics metrics,
    TimeProvider time)
{
    /// <summary>The part of a request's time that bcrypt may take before a hash is stored.</summary>
    const double MaxPartOfRequest = 0.8;

    /// <summary>The hash for unknown users, so that they cost as much as known ones.</summary>
    readonly Lazy<string> dummyHash = new(() => EnhancedHashPassword("", options.WorkFactor));

    /// <summary>Hashes a password; known users go before strangers.</summary>
    /// <exception cref="Problems.ProblemException">The queue for bcrypt is full.</exception>
    public Task<string> HashAsync(string password, bool isKnown = false) =>
        threads.RunAsync(Measured(() => Hash(password)), isKnown);

    /// <summary>
    /// Compares a password with a hash. Without a hash it costs the same. Known users go before
    /// strangers.
    /// </summary>
    public Task<PasswordMatch> MatchAsync(string password, string? hash, bool isKnown) =>
        threads.TryRun(Measured(() => Match(password, hash)), isKnown)
        ?? Task.FromResult(PasswordMatch.QueueFull);

    /// <summary>
    /// Waits for bcrypt, but not so long that too little time is left to store the hash. Bcrypt cannot be
    /// cancelled: it ends in the background, and its result is dropped.
    /// </summary>
    /// <exception cref="Problems.ProblemException">Bcrypt took too long. Nothing was changed.</exception>
    public async Task<T> WaitAsync<T>(Task<T> hashing, CancellationToken ct)
    {
        try
        {
            return await hashing.WaitAsync(MaxPartOfRequest * database.CommitTimeout, time, ct);
        }
        catch (TimeoutException)
        {
            throw BcryptThreads.Overloaded;
        }
    }

    string Hash(string password) =>
        EnhancedHashPassword(NormalForm.NormalizePassword(password), options.WorkFactor);

    PasswordMatch Match(string password, string? hash)
    {
        var normal = NormalForm.NormalizePassword(password);

        if (IsHashOf(normal, hash))
            return PasswordNeedsRehash(hash, options.WorkFactor)
                ? PasswordMatch.NeedsRehash
                : PasswordMatch.Right;

        // Older hashes are of the password exactly as it was sent.
        return !string.Equals(normal, password, StringComparison.Ordinal) && IsHashOf(password, hash)
            ? PasswordMatch.NeedsRehash
            : PasswordMatch.Wrong;
    }

    bool IsHashOf(string password, string? hash)
    {
        try
        {
            return EnhancedVerify(password, hash ?? dummyHash.Value) && hash is not null;
        }
        catch (Exception malformed) when (malformed
            is SaltParseException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            // The stored text is no bcrypt hash; the library reports that in four ways. Nobody can sign in
            // with it.
            return false;
        }
    }

    /// <summary>Records how long a job waited, from now on, and how long it ran.</summary>
    Func<T> Measured<T>(Func<T> job)
    {
        var queuedAt = time.GetTimestamp();

        return () =>
        {
            var startedAt = time.GetTimestamp();

            try
            {
                return job();
            }
            finally
            {
                metrics.RecordBcrypt(
                    time.GetElapsedTime(queuedAt, startedAt), time.GetElapsedTime(startedAt));
            }
        };
    }
}

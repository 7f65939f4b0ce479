using BCrypt.Net;
using static BCrypt.Net.BCrypt;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Hashes and compares passwords with enhanced bcrypt (SHA-384 first), so that no length is cut off, and in
/// Unicode normal form C: keyboards and systems differ in how they compose a letter.
/// </summary>
sealed class PasswordHashing(BcryptThreads threads, PasswordOptions options)
{
    /// <summary>
    /// What an unknown user's password is compared with, so that it costs the same as a known one's.
    /// </summary>
    readonly Lazy<string> nobody = new(() => EnhancedHashPassword("", options.WorkFactor));

    /// <summary>The hash to store for a password; known customers go before strangers.</summary>
    /// <exception cref="Problems.ProblemException">Too many passwords wait already.</exception>
    public Task<string> HashAsync(string password, bool isKnown = false) => threads.RunAsync(
        () => EnhancedHashPassword(NormalForm.OfPassword(password), options.WorkFactor), isKnown);

    /// <summary>
    /// Compares a password with a hash; where there is none, at the same cost. Known customers go first.
    /// </summary>
    public Task<PasswordMatch> MatchAsync(string password, string? hash, bool isKnown) =>
        threads.TryRun(() => Match(password, hash), isKnown) ?? Task.FromResult(PasswordMatch.Untried);

    PasswordMatch Match(string password, string? hash)
    {
        var normal = NormalForm.OfPassword(password);

        if (IsHashOf(normal, hash))
            return PasswordNeedsRehash(hash, options.WorkFactor)
                ? PasswordMatch.Outdated
                : PasswordMatch.Right;

        // Hashes from before were made of the password as it was sent.
        return !string.Equals(normal, password, StringComparison.Ordinal) && IsHashOf(password, hash)
            ? PasswordMatch.Outdated
            : PasswordMatch.Wrong;
    }

    bool IsHashOf(string password, string? hash)
    {
        try
        {
            return EnhancedVerify(password, hash ?? nobody.Value) && hash is not null;
        }
        catch (Exception malformed) when (malformed
            is SaltParseException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            // What is stored is no bcrypt hash, whichever way the library puts it: nobody can sign in with
            // it.
            return false;
        }
    }
}

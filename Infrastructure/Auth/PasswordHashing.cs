using Bank.Infrastructure.Problems;
using BCrypt.Net;
using static BCrypt.Net.BCrypt;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Hashes and verifies passwords with enhanced bcrypt (SHA-384 first), so that no length is cut off.
/// </summary>
/// <exception cref="ProblemException">Of every method: too many passwords wait already.</exception>
sealed class PasswordHashing(BcryptThreads threads, PasswordOptions options)
{
    /// <summary>
    /// What an unknown user's password is compared with, so that it costs the same as a known one's.
    /// </summary>
    readonly Lazy<string> nobody = new(() => EnhancedHashPassword("", options.WorkFactor));

    /// <summary>The hash to store for a new password.</summary>
    public Task<string> HashAsync(string password) =>
        threads.RunAsync(() => EnhancedHashPassword(password, options.WorkFactor));

    /// <summary>
    /// Whether the password is the one that was hashed; false, at the same cost, where there is no hash.
    /// </summary>
    public Task<bool> VerifyAsync(string password, string? hash) => threads.RunAsync(() =>
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
    });

    /// <summary>Whether a stored hash is cheaper than the configured cost and should be replaced.</summary>
    public bool IsOutdated(string hash) => PasswordNeedsRehash(hash, options.WorkFactor);
}

using BCrypt.Net;
using static BCrypt.Net.BCrypt;

namespace Bank.Infrastructure.Auth;

/// <summary>Hashes and verifies passwords with enhanced bcrypt (SHA-384 first), so that no length is cut off.</summary>
sealed class PasswordHashing(PasswordOptions options)
{
    /// <summary>What an unknown user's password is compared with, so that it costs the same as a known one's.</summary>
    readonly Lazy<string> nobody = new(() => EnhancedHashPassword("", options.WorkFactor));

    /// <summary>The hash to store for a new password.</summary>
    public string Hash(string password) => EnhancedHashPassword(password, options.WorkFactor);

    /// <summary>Whether the password is the one that was hashed; false, at the same cost, where there is no hash.</summary>
    public bool Verify(string password, string? hash)
    {
        try
        {
            return EnhancedVerify(password, hash ?? nobody.Value) && hash is not null;
        }
        catch (SaltParseException)
        {
            // What is stored is no bcrypt hash: nobody can sign in with it.
            return false;
        }
    }

    /// <summary>Whether a stored hash is cheaper than the configured cost and should be replaced.</summary>
    public bool IsOutdated(string hash) => PasswordNeedsRehash(hash, options.WorkFactor);
}

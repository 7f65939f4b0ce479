using System.Security.Cryptography;
using System.Text;

namespace Bank.Infrastructure.Data;

/// <summary>
/// What PostgreSQL stores of a password (RFC 5803). The API computes it, so that the password itself never
/// gets into the server's log.
/// </summary>
static class ScramVerifier
{
    /// <summary>PostgreSQL's own default (<c>scram_iterations</c>).</summary>
    const int Iterations = 4096;

    /// <summary>The verifier of a password, with a random salt.</summary>
    public static string FromPassword(string password) =>
        FromPassword(password, RandomNumberGenerator.GetBytes(16));

    /// <summary>The verifier of a password with a given salt.</summary>
    public static string FromPassword(string password, byte[] salt)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormKC)),
            salt, Iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, Encoding.UTF8.GetBytes("Client Key")));
        var serverKey = HMACSHA256.HashData(salted, Encoding.UTF8.GetBytes("Server Key"));

        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}"
            + $"${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}";
    }
}

using System.Security.Cryptography;
using System.Text;

namespace Bank.Infrastructure.Data;

/// <summary>
/// What PostgreSQL stores of a password (RFC 5803). Made here, so that the server's log never has the password
/// itself.
/// </summary>
static class ScramVerifier
{
    /// <summary>PostgreSQL's own default (<c>scram_iterations</c>).</summary>
    const int Iterations = 4096;

    /// <summary>A verifier of the password, with a salt of its own.</summary>
    public static string Of(string password) => Of(password, RandomNumberGenerator.GetBytes(16));

    /// <summary>The verifier of the password with this salt.</summary>
    public static string Of(string password, byte[] salt)
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

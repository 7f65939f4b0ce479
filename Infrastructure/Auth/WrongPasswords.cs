using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Knows the wrong passwords that an address has sent for a user, so that the same one again is refused
/// without bcrypt and counts once: a forgotten job with an old password does not lock its owner out, and
/// guesses nothing. It holds no password but an HMAC-SHA-256 of it with the user, the address and the stored
/// hash, under a key of this process. Once the stored hash changes, the password may be right.
/// </summary>
sealed class WrongPasswords : IDisposable
{
    /// <summary>In entries, each of about 300 bytes. Beyond it, the oldest go first.</summary>
    const int MaxEntries = 50_000;

    /// <summary>How long after it was last sent a password still counts as the same.</summary>
    static readonly TimeSpan KeepFor = TimeSpan.FromHours(1);

    readonly byte[] key = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);
    readonly MemoryCache sent = new(new MemoryCacheOptions { SizeLimit = MaxEntries });

    public bool Contains(BasicCredentials credentials, string address, string? passwordHash) =>
        sent.TryGetValue(Mac(credentials, address, passwordHash), out _);

    public void Add(BasicCredentials credentials, string address, string? passwordHash) =>
        sent.Set(Mac(credentials, address, passwordHash), true, new MemoryCacheEntryOptions
        {
            Size = 1,
            SlidingExpiration = KeepFor,
        });

    public void Dispose() => sent.Dispose();

    Guid Mac(BasicCredentials credentials, string address, string? passwordHash)
    {
        // The password as it was sent: an old hash may be of one form of it and not of another.
        var text = Encoding.UTF8.GetBytes(
            string.Join('\0', passwordHash, address, credentials.Username, credentials.Password));
        var mac = HMACSHA256.HashData(key, text);
        CryptographicOperations.ZeroMemory(text);

        return new Guid(mac.AsSpan(0, 16));
    }
}

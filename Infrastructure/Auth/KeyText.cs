using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// The text of a key: <c>bank_</c>, 43 random characters of base62 (256 bits), and 6 more for the CRC-32 of
/// these 43. Scanners for secrets find it by its form, and a typing error is noticed without a query.
/// </summary>
static class KeyText
{
    public const string Prefix = "bank_";

    static readonly SearchValues<char> Digits = SearchValues.Create(Base62);

    const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const int RandomLength = 43;
    const int ChecksumLength = 6;

    /// <summary>The reversed polynomial of CRC-32, as in Ethernet and zip (ISO 3309).</summary>
    const uint Polynomial = 0xEDB88320;

    public static string Create()
    {
        var random = RandomNumberGenerator.GetString(Base62, RandomLength);
        return $"{Prefix}{random}{ChecksumOf(random)}";
    }

    /// <summary>Whether a text has the form of a key. Its checksum may be wrong.</summary>
    public static bool HasForm(string text) =>
        text.Length == Prefix.Length + RandomLength + ChecksumLength
        && text.StartsWith(Prefix, StringComparison.Ordinal)
        && !text.AsSpan(Prefix.Length).ContainsAnyExcept(Digits);

    /// <summary>Whether the checksum of a text in the form of a key is right.</summary>
    public static bool IsIntact(string text) =>
        text.AsSpan(^ChecksumLength..).SequenceEqual(ChecksumOf(text.AsSpan(Prefix.Length, RandomLength)));

    /// <summary>
    /// The SHA-256 by which a key is stored and found, in hexadecimal digits. A key cannot be guessed, so it
    /// needs no slow hash.
    /// </summary>
    public static string HashOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)));

    static string ChecksumOf(ReadOnlySpan<char> text)
    {
        var crc = uint.MaxValue;

        foreach (var character in text)
        {
            crc ^= character;

            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (Polynomial * (crc & 1));
        }

        return string.Create(ChecksumLength, ~crc, (digits, rest) =>
        {
            for (var index = digits.Length - 1; index >= 0; index--, rest /= (uint)Base62.Length)
                digits[index] = Base62[(int)(rest % (uint)Base62.Length)];
        });
    }
}

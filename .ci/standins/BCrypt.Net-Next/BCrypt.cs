using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using BouncyBCrypt = Org.BouncyCastle.Crypto.Generators.BCrypt;

namespace BCrypt.Net;

/// <summary>Enhanced bcrypt: the key is the base64 of the password's SHA-384, ended by a NUL.</summary>
public sealed partial class BCrypt
{
    private const string Base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private const string BCryptBase64 = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public static string EnhancedHashPassword(string inputKey, int workFactor)
    {
        if (workFactor is < 4 or > 31)
            throw new ArgumentOutOfRangeException(nameof(workFactor));

        return Hash(inputKey, "2a", workFactor, RandomNumberGenerator.GetBytes(16));
    }

    public static bool EnhancedVerify(string text, string hash)
    {
        var parts = Parse(hash);
        var again = Hash(text, parts["version"].Value, WorkFactor(parts), Decode(parts["salt"].Value));

        return CryptographicOperations.FixedTimeEquals(StrictUtf8.GetBytes(hash), StrictUtf8.GetBytes(again));
    }

    public static bool PasswordNeedsRehash(string hash, int newMinimumWorkLoad) =>
        WorkFactor(Parse(hash)) < newMinimumWorkLoad;

    private static string Hash(string password, string version, int workFactor, byte[] salt)
    {
        var key = Convert.ToBase64String(SHA384.HashData(StrictUtf8.GetBytes(password))) + "\0";
        var hashed = BouncyBCrypt.Generate(Encoding.ASCII.GetBytes(key), salt, workFactor);

        return $"${version}${workFactor:D2}${Encode(salt)}{Encode(hashed[..23])}";
    }

    private static GroupCollection Parse(string hash)
    {
        var match = HashFormat().Match(hash);

        return match.Success && WorkFactor(match.Groups) is >= 4 and <= 31
            ? match.Groups
            : throw new SaltParseException("Invalid Hash Format");
    }

    private static int WorkFactor(GroupCollection parts) =>
        int.Parse(parts["work"].ValueSpan, CultureInfo.InvariantCulture);

    private static string Encode(byte[] bytes) =>
        Translate(Convert.ToBase64String(bytes).TrimEnd('='), Base64, BCryptBase64);

    private static byte[] Decode(string salt) =>
        Convert.FromBase64String(Translate(salt, BCryptBase64, Base64) + "==");

    private static string Translate(string text, string from, string to) =>
        string.Concat(text.Select(character => to[from.IndexOf(character)]));

    [GeneratedRegex(@"^\$(?<version>2[abxy])\$(?<work>[0-9]{2})\$(?<salt>[./0-9A-Za-z]{22})[./0-9A-Za-z]{31}\z")]
    private static partial Regex HashFormat();
}

/// <summary>The text is not a bcrypt hash.</summary>
public sealed class SaltParseException(string message) : Exception(message);

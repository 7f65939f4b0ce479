using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using Microsoft.Extensions.Primitives;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// The content of an HTTP Basic header (RFC 7617, with charset UTF-8). Some clients send Latin-1 all the
/// same, so bytes that are not UTF-8 are read as that. The two are hardly ever confused, because accented
/// letters of Latin-1 are not well-formed UTF-8.
/// </summary>
/// <param name="Username">The username in Unicode normal form C.</param>
/// <param name="Password">The password as it was sent.</param>
readonly record struct BasicCredentials(string Username, string Password)
{
    const string Scheme = "Basic ";

    /// <summary>In UTF-16 code units; no registered username is longer.</summary>
    const int MaxUsernameLength = 128;

    /// <summary>Whether the password has the form of a key. It may be a password all the same.</summary>
    public bool LooksLikeKey => KeyText.HasForm(Password);

    /// <summary>Reads the header; false when it is missing, repeated or not well-formed Basic.</summary>
    public static bool TryParse(StringValues header, out BasicCredentials credentials)
    {
        credentials = default;

        if (header is not [{ } value] || !value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return false;

        var token = value.AsSpan(Scheme.Length).Trim(' ');
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(token.Length)];

        if (!Convert.TryFromBase64Chars(token, bytes, out var length))
            return false;

        var charset = Utf8.IsValid(bytes.AsSpan(0, length)) ? Encoding.UTF8 : Encoding.Latin1;
        var pair = charset.GetString(bytes, 0, length);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);

        if (colon < 1 || !NormalForm.TryNormalizeUsername(pair[..colon], out var username)
            || username.Length > MaxUsernameLength)
            return false;

        credentials = new BasicCredentials(username, pair[(colon + 1)..]);
        return true;
    }
}

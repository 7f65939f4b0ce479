using System.Buffers.Text;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Bank.Infrastructure.Auth;

/// <summary>What an HTTP Basic header says (RFC 7617, with charset UTF-8).</summary>
/// <param name="Username">The user's name in Unicode normal form C.</param>
/// <param name="Password">The password as it was sent.</param>
readonly record struct BasicCredentials(string Username, string Password)
{
    const string Scheme = "Basic ";

    static readonly UTF8Encoding StrictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// Reads the header; false when it is missing, repeated, or anything but well-formed Basic.
    /// </summary>
    public static bool TryParse(StringValues header, out BasicCredentials credentials)
    {
        credentials = default;

        if (header.Count != 1 || header[0] is not { } value
            || !value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return false;

        var token = value.AsSpan(Scheme.Length).Trim(' ');
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(token.Length)];

        if (token.IsEmpty || !Convert.TryFromBase64Chars(token, bytes, out var length))
            return false;

        return TrySplit(bytes.AsSpan(0, length), out credentials);
    }

    static bool TrySplit(ReadOnlySpan<byte> pair, out BasicCredentials credentials)
    {
        credentials = default;
        var colon = pair.IndexOf((byte)':');

        if (colon < 1)
            return false;

        try
        {
            if (!Usernames.TryNormalize(StrictUtf8.GetString(pair[..colon]), out var username))
                return false;

            credentials = new BasicCredentials(username, StrictUtf8.GetString(pair[(colon + 1)..]));
            return true;
        }
        catch (ArgumentException)
        {
            // The bytes are no UTF-8.
            return false;
        }
    }
}

using Microsoft.Extensions.Primitives;

namespace Bank.Infrastructure.Auth;

/// <summary>The content of a Bearer header (RFC 6750, section 2.1).</summary>
static class BearerCredentials
{
    const string Scheme = "Bearer ";

    /// <summary>Reads the header; false when it is missing, repeated or of another scheme.</summary>
    public static bool TryParse(StringValues header, out string secret)
    {
        secret = header is [{ } value] && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? value[Scheme.Length..].Trim(' ')
            : "";

        return secret is not "";
    }
}

using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.Tokens;

/// <summary>
/// Which access tokens are accepted (OAuth 2.0, RFC 9068); the section <c>Tokens</c> of the configuration.
/// Without an authority, none is.
/// </summary>
[Section("Tokens")]
sealed class TokenOptions
{
    const string AuthorityKey = "Tokens:Authority";
    const string AudienceKey = "Tokens:Audience";
    const string ScopeKey = "Tokens:Scope";

    /// <summary>The default of <see cref="Type"/>: an access token in the form of RFC 9068.</summary>
    public const string AccessToken = "at+jwt";

    const int MaxLength = 255;

    /// <summary>
    /// The authority that issues the tokens: the address below which it has
    /// <c>.well-known/openid-configuration</c>.
    /// </summary>
    public string Authority { get; init; } = "";

    /// <summary>The audience (<c>aud</c>) that a token must be for.</summary>
    public string Audience { get; init; } = "";

    /// <summary>
    /// The scope of a token that may do everything. With <c>.read</c> behind it, it is the scope of a token
    /// that may only read.
    /// </summary>
    public string Scope { get; init; } = "bank";

    /// <summary>
    /// The type (<c>typ</c>) that a token must have. <c>JWT</c> also accepts tokens without a type.
    /// </summary>
    [AllowedValues(AccessToken, "JWT")]
    public string Type { get; init; } = AccessToken;

    /// <summary>Whether tokens are accepted.</summary>
    public bool AreAccepted => Authority.Length > 0;

    /// <summary>The scope of a token that may only read.</summary>
    public string ReadScope => $"{Scope}.read";

    /// <summary>Whether a token's <c>typ</c> is accepted (RFC 9068, section 4; RFC 7515, 4.1.9).</summary>
    public bool Accepts(string? type)
    {
        if (type?.StartsWith("application/", StringComparison.OrdinalIgnoreCase) == true)
            type = type["application/".Length..];

        return AccessToken.Equals(type, StringComparison.OrdinalIgnoreCase)
            || (!AccessToken.Equals(Type, StringComparison.OrdinalIgnoreCase)
                && (string.IsNullOrEmpty(type) || "JWT".Equals(type, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Checks what a single setting cannot tell.</summary>
    /// <param name="mayUseHttp">Whether the authority may be reached without TLS.</param>
    /// <exception cref="StartupException">A setting cannot be used; the message says why.</exception>
    public void Check(bool mayUseHttp)
    {
        if (Authority.Length == 0 && Audience.Length == 0)
            return;

        if (Authority.Length == 0)
            throw new StartupException(
                $"{AudienceKey} is set, but {AuthorityKey} is not: name the authority that issues the "
                + $"tokens, or remove {AudienceKey}.");

        if (Audience.Length == 0)
            throw new StartupException(
                $"{AuthorityKey} is set, but {AudienceKey} is not: name the audience that the tokens are "
                + "for. Tokens of the authority for other services must not be accepted here.");

        if (!IsAddress(Authority))
            throw new StartupException(
                $"{AuthorityKey} is '{Authority}', but must be the address of the authority, such as "
                + "https://login.example.com/realms/bank, of at most 255 characters.");

        if (!mayUseHttp && !Authority.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            throw new StartupException(
                $"{AuthorityKey} is '{Authority}', but must begin with https://, because whoever changes the "
                + "authority's keys on the way can sign in as anybody. Only Development accepts http://.");

        if (Audience.Length > MaxLength || Audience.Any(char.IsControl))
            throw new StartupException(
                $"{AudienceKey} must have at most {MaxLength} characters, and no control characters.");

        if (Scope.Length is 0 or > MaxLength || !Scope.All(IsOfScope))
            throw new StartupException(
                $"{ScopeKey} is '{Scope}', but must be one scope, such as bank, without spaces and quotes.");
    }

    static bool IsAddress(string text) =>
        text.Length <= MaxLength && text == text.Trim()
        && Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
        && address is { Host.Length: > 0, Query: "", Fragment: "", UserInfo: "" }
        && !text.AsSpan().ContainsAny("?#");

    /// <summary>A character of a scope (RFC 6749, section 3.3).</summary>
    static bool IsOfScope(char character) => character is > ' ' and <= '~' and not ('"' or '\\');
}

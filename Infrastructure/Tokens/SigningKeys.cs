using System.Collections.Frozen;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Bank.Infrastructure.Tokens;

/// <summary>What an authority publishes: its name and the public keys with which it signs tokens.</summary>
sealed class SigningKeys
{
    /// <summary>In bits; RFC 7518, sections 3.3 and 3.5.</summary>
    const int MinRsaKeySize = 2048;

    /// <summary>
    /// The algorithms of tokens: signatures with public keys, and so neither <c>none</c> nor HMAC (RFC 8725,
    /// section 3.1).
    /// </summary>
    public static readonly string[] Algorithms =
        ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    readonly JsonWebKey[] keys;
    readonly FrozenSet<string> thumbprints;

    SigningKeys(string issuer, JsonWebKey[] keys)
    {
        Issuer = issuer;
        this.keys = keys;
        thumbprints = keys.Select(ThumbprintOf).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The name that the tokens have as <c>iss</c>.</summary>
    public string Issuer { get; }

    /// <exception cref="InvalidDataException">
    /// It is the document of another authority, or has no key for signatures.
    /// </exception>
    public static SigningKeys From(OpenIdConnectConfiguration document, string authority)
    {
        // OpenID Connect Discovery, section 4.3. Administrators leave a trailing slash out.
        if (document.Issuer?.TrimEnd('/') != authority.TrimEnd('/'))
            throw new InvalidDataException(
                $"it calls itself '{document.Issuer}'. Set Tokens:Authority to that, if it is the right one");

        JsonWebKey[] keys = [.. (document.JsonWebKeySet?.Keys ?? []).Where(IsForSignatures)];

        return keys.Length > 0
            ? new SigningKeys(document.Issuer!, keys)
            : throw new InvalidDataException(
                "it publishes no RSA key of at least 2048 bits and no EC key for signatures");
    }

    /// <summary>
    /// The keys that may have signed a token: those of its <c>kid</c>, or all if it names none.
    /// </summary>
    public IReadOnlyList<JsonWebKey> Find(string? kid, string algorithm) =>
    [
        .. keys.Where(key => (string.IsNullOrEmpty(kid) || kid == key.Kid)
            && (string.IsNullOrEmpty(key.Alg) || key.Alg == algorithm)
            && key.Kty == (algorithm[0] == 'E' ? "EC" : "RSA")),
    ];

    /// <summary>Whether the authority still publishes a key.</summary>
    public bool Contains(string thumbprint) => thumbprints.Contains(thumbprint);

    /// <summary>The thumbprint of a key (RFC 7638).</summary>
    public static string ThumbprintOf(JsonWebKey key) => Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());

    static bool IsForSignatures(JsonWebKey key) =>
        (string.IsNullOrEmpty(key.Use) || key.Use == "sig")
        && (key.KeyOps.Count == 0 || key.KeyOps.Contains("verify"))
        && key.Kty switch
        {
            "RSA" => key is { N.Length: > 0, E.Length: > 0, KeySize: >= MinRsaKeySize },
            "EC" => key is { Crv: "P-256" or "P-384" or "P-521", X.Length: > 0, Y.Length: > 0 },
            _ => false,
        };
}

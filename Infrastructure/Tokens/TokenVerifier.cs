using System.Security.Cryptography;
using System.Text;
using Bank.Infrastructure.Problems;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Bank.Infrastructure.Tokens;

/// <summary>
/// Verifies access tokens (RFC 9068, section 4; RFC 8725). A verified token is cached until it expires or the
/// authority withdraws its key; a refused one never is.
/// </summary>
sealed class TokenVerifier(TokenOptions options, Authority authority, TimeProvider time) : IDisposable
{
    /// <summary>In characters. A longer one is refused before anything of it is read.</summary>
    public const int MaxTokenLength = 8 * 1024;

    /// <summary>In characters (OpenID Connect Core, section 2).</summary>
    const int MaxSubjectLength = 255;

    /// <summary>In entries, each of about 500 bytes. Beyond it, the oldest go first.</summary>
    const int MaxCachedTokens = 50_000;

    /// <summary>How far the clocks of the authority and of this host may differ.</summary>
    static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    readonly JsonWebTokenHandler handler = new() { MaximumTokenSizeInBytes = MaxTokenLength };
    readonly MemoryCache verified = new(new MemoryCacheOptions { SizeLimit = MaxCachedTokens });

    /// <summary>What a token says, or why it is refused.</summary>
    /// <exception cref="ProblemException">The authority cannot be asked for its key.</exception>
    public async ValueTask<TokenResult> VerifyAsync(string text)
    {
        if (text.Length > MaxTokenLength)
            return TokenResult.Refused($"The token is longer than {MaxTokenLength} characters.");

        var hash = HashOf(text);

        if (Find(hash) is { } known)
            return new(known);

        var result = Read(text) is { } token
            ? await VerifyAsync(token)
            : TokenResult.Refused("The token is malformed.");

        if (result.Token is { } accepted)
            verified.Set(hash, accepted, new MemoryCacheEntryOptions
            {
                Size = 1,
                AbsoluteExpiration = accepted.ExpiresAt,
            });

        return result;
    }

    /// <summary>Whether a token was verified before and is still valid.</summary>
    public bool IsVerified(string text) => text.Length <= MaxTokenLength && Find(HashOf(text)) is not null;

    public void Dispose() => verified.Dispose();

    static string HashOf(string text) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    VerifiedToken? Find(string hash) =>
        verified.TryGetValue(hash, out VerifiedToken? known) && time.GetUtcNow() < known!.ExpiresAt
        && authority.Current?.Contains(known.KeyThumbprint) == true ? known : null;

    /// <summary>The parts of a token; null if it has not the form of a signed one.</summary>
    JsonWebToken? Read(string text)
    {
        try
        {
            var token = handler.ReadJsonWebToken(text);
            return token.IsEncrypted ? null : token;
        }
        catch (Exception)
        {
            // The library reports in many ways what it cannot read. Nothing but the text can be the cause.
            return null;
        }
    }

    async Task<TokenResult> VerifyAsync(JsonWebToken token)
    {
        if (FindHeaderRefusal(token) is { } refusal)
            return TokenResult.Refused(refusal);

        if (authority.Current is { } published && token.Issuer != published.Issuer)
            return TokenResult.Refused(WrongIssuer);

        var keys = await authority.FindKeysAsync(token.Kid, token.Alg);

        if (keys.Count == 0)
            return TokenResult.Refused("The authority does not publish the key that signed the token.");

        var result = await handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            IgnoreTrailingSlashWhenValidatingAudience = false,
            IssuerSigningKeys = keys,
            LifetimeValidator = CheckLifetime,
            ValidAlgorithms = SigningKeys.Algorithms,
            ValidAudience = options.Audience,
            ValidIssuer = authority.Current!.Issuer,
        });

        return result.IsValid ? Accept(token) : TokenResult.Refused(RefusalOf(result.Exception));
    }

    /// <summary>What the header rules out before any key is looked for.</summary>
    string? FindHeaderRefusal(JsonWebToken token) =>
        !SigningKeys.Algorithms.Contains(token.Alg) ? "The token is not signed with an accepted algorithm."
        : !options.Accepts(token.Typ) ? $"The token's type is not {options.Type}."
        // An extension that is not understood (RFC 7515, section 4.1.11).
        : token.TryGetHeaderValue<object>("crit", out _) ? "The token has a critical extension."
        : null;

    /// <summary>The library would look at the clock of the system.</summary>
    bool CheckLifetime(
        DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters) =>
        expires is not { } end ? throw new SecurityTokenNoExpirationException()
        : WithSkew(end) <= time.GetUtcNow() ? throw new SecurityTokenExpiredException()
        : notBefore > time.GetUtcNow().UtcDateTime + ClockSkew
            ? throw new SecurityTokenNotYetValidException()
        : true;

    /// <summary>The end of a token; a clock may be behind. No time is later than that of .NET.</summary>
    static DateTimeOffset WithSkew(DateTime end) =>
        end < DateTime.MaxValue - ClockSkew ? end + ClockSkew : end;

    TokenResult Accept(JsonWebToken token)
    {
        var subject = token.Subject;

        // A text of PostgreSQL has no NUL.
        if (string.IsNullOrEmpty(subject) || subject.Length > MaxSubjectLength || subject.Contains('\0'))
            return TokenResult.Refused(
                $"The token's subject must have 1 to {MaxSubjectLength} characters.");

        var scopes = ScopesOf(token);
        var access = scopes.Contains(options.Scope) ? TokenAccess.Full
            : scopes.Contains(options.ReadScope) ? TokenAccess.Read
            : TokenAccess.None;

        return new(new VerifiedToken(
            token.Issuer, subject, access, WithSkew(token.ValidTo),
            SigningKeys.ThumbprintOf((JsonWebKey)token.SigningKey)));
    }

    /// <summary>
    /// The scopes (RFC 9068, section 2.2.3), which some authorities call <c>scp</c>. For an application that
    /// acts for nobody, Microsoft Entra has no scopes but <c>roles</c>; a user's roles beside scopes do not
    /// count, because a user may give an application less than the user may do.
    /// </summary>
    static string[] ScopesOf(JsonWebToken token)
    {
        var claims = token.Claims.Where(claim => claim.Type is "scope" or "scp").ToArray();

        if (claims.Length == 0)
            claims = [.. token.Claims.Where(claim => claim.Type == "roles")];

        return [.. claims.SelectMany(claim => claim.Value.Split(' '))];
    }

    const string WrongIssuer = "The token is of another issuer.";

    static string RefusalOf(Exception? failure) => failure switch
    {
        SecurityTokenExpiredException => "The token has expired.",
        SecurityTokenNotYetValidException => "The token is not valid yet.",
        SecurityTokenNoExpirationException => "The token does not say when it expires.",
        SecurityTokenInvalidAudienceException => "The token is for another audience.",
        SecurityTokenInvalidIssuerException => WrongIssuer,
        _ => "The token's signature is invalid.",
    };
}

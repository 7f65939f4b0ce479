using System.Globalization;
using System.Security.Claims;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Tokens;

namespace Bank.Infrastructure.Auth;

/// <summary>The signed-in user who sends a request, and what the credentials allow.</summary>
/// <param name="id">The user's id.</param>
/// <param name="username">The user's name.</param>
/// <param name="passwordHash">
/// The stored hash that the password was verified with; null for other credentials.
/// </param>
/// <param name="keyId">The id of the key that the user signed in with; null for other credentials.</param>
sealed class Caller(long id, string username, string? passwordHash, long? keyId = null)
    : ClaimsPrincipal(new ClaimsIdentity(ClaimsOf(id, username, keyId), "Basic"))
{
    public long Id { get; } = id;

    public string Username { get; } = username;

    /// <summary>Once the stored hash is another one, the caller has to sign in again.</summary>
    public string? PasswordHash { get; } = passwordHash;

    /// <summary>Once the key is deleted or has expired, the caller has to sign in again.</summary>
    public long? KeyId { get; } = keyId;

    public CallerScope Scope { get; init; } = CallerScope.Full;

    public SignInMethod SignedInBy { get; init; } =
        keyId is null ? SignInMethod.Password : SignInMethod.Key;

    /// <summary>Once it has passed, the caller has to sign in again; null if it never does.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether the user runs the bank, and may read what belongs to others.</summary>
    public bool IsOperator { get; init; }

    /// <summary>Whether the user has to choose another password before anything else.</summary>
    public bool IsPasswordExpired { get; init; }

    /// <summary>The user whose data an operator reads with this request; null for its own.</summary>
    public long? ReadsAs { get; init; }

    /// <summary>The same operator, for a request that reads the data of a user.</summary>
    public Caller ReadingAs(long userId) => new(Id, Username, PasswordHash, KeyId)
    {
        Scope = Scope,
        SignedInBy = SignedInBy,
        ExpiresAt = ExpiresAt,
        IsOperator = IsOperator,
        ReadsAs = userId,
    };

    /// <summary>Whether the user has a password; users of tokens have none.</summary>
    public bool HasPassword => !Username.StartsWith(TokenUserQuery.NamePrefix, StringComparison.Ordinal);

    static List<Claim> ClaimsOf(long id, string username, long? keyId)
    {
        List<Claim> claims = [new(ClaimTypes.NameIdentifier, $"{id}"), new(ClaimTypes.Name, username)];

        if (keyId is { } key)
            claims.Add(new(RequestLog.KeyClaim, key.ToString(CultureInfo.InvariantCulture)));

        return claims;
    }
}

/// <summary>What a caller may do.</summary>
enum CallerScope
{
    /// <summary>Everything that the user may.</summary>
    Full,

    /// <summary>GET and HEAD only.</summary>
    Read,
}

/// <summary>The kind of credentials that a caller signed in with.</summary>
enum SignInMethod
{
    Password,
    Key,
    Token,
}

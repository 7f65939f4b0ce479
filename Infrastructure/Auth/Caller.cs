using System.Security.Claims;

namespace Bank.Infrastructure.Auth;

/// <summary>The signed-in user whom a request speaks for.</summary>
sealed class Caller(long id, string username, string passwordHash)
    : ClaimsPrincipal(new ClaimsIdentity(
        [new Claim(ClaimTypes.NameIdentifier, $"{id}"), new Claim(ClaimTypes.Name, username)], "Basic"))
{
    /// <summary>The id of the user's row.</summary>
    public long Id { get; } = id;

    /// <summary>The name that the user signs in with.</summary>
    public string Username { get; } = username;

    /// <summary>
    /// The stored hash that the password was verified with: once it is another, the caller has to sign in
    /// anew.
    /// </summary>
    public string PasswordHash { get; } = passwordHash;
}

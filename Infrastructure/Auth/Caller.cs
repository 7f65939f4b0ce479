using System.Security.Claims;

namespace Bank.Infrastructure.Auth;

/// <summary>The signed-in user who sends a request.</summary>
sealed class Caller(long id, string username, string passwordHash)
    : ClaimsPrincipal(new ClaimsIdentity(
        [new Claim(ClaimTypes.NameIdentifier, $"{id}"), new Claim(ClaimTypes.Name, username)], "Basic"))
{
    public long Id { get; } = id;

    public string Username { get; } = username;

    /// <summary>
    /// The stored hash that the password was verified with. Once it changes, the caller has to sign in again.
    /// </summary>
    public string PasswordHash { get; } = passwordHash;
}

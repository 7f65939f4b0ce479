using System.Security.Claims;

namespace Bank.Infrastructure.Auth;

/// <summary>The signed-in user whom a request speaks for.</summary>
sealed class Caller(long id, string username)
    : ClaimsPrincipal(new ClaimsIdentity(
        [new Claim(ClaimTypes.NameIdentifier, $"{id}"), new Claim(ClaimTypes.Name, username)], "Basic"))
{
    /// <summary>The id of the user's row.</summary>
    public long Id { get; } = id;

    /// <summary>The name that the user signs in with.</summary>
    public string Username { get; } = username;
}

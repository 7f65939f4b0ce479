using System.Security.Claims;

namespace Bank.Infrastructure.Auth;

/// <summary>Tells a slice who is asking.</summary>
static class CallerExtensions
{
    /// <summary>The id of the signed-in user.</summary>
    /// <exception cref="InvalidCastException">The slice is public, so that nobody signed in.</exception>
    public static long Id(this ClaimsPrincipal user) => ((Caller)user).Id;

    /// <summary>The name of the signed-in user.</summary>
    /// <exception cref="InvalidCastException">The slice is public, so that nobody signed in.</exception>
    public static string Username(this ClaimsPrincipal user) => ((Caller)user).Username;
}

using System.Security.Claims;

namespace Bank.Infrastructure.Auth;

/// <summary>Tells a slice who the caller is.</summary>
static class CallerExtensions
{
    /// <summary>The id of the signed-in user.</summary>
    /// <exception cref="InvalidCastException">The slice is public, so nobody is signed in.</exception>
    public static long Id(this ClaimsPrincipal user) => ((Caller)user).Id;

    /// <summary>The username of the signed-in user.</summary>
    /// <exception cref="InvalidCastException">The slice is public, so nobody is signed in.</exception>
    public static string Username(this ClaimsPrincipal user) => ((Caller)user).Username;
}

using System.Security.Claims;

namespace Bank.Infrastructure.Auth;

/// <summary>Tells a slice who the caller is.</summary>
static class CallerExtensions
{
    /// <summary>
    /// The id of the user whose data the request is about: the signed-in user, or the user whose data an
    /// operator reads.
    /// </summary>
    /// <exception cref="InvalidCastException">The slice is public, so nobody is signed in.</exception>
    public static long Id(this ClaimsPrincipal user) => ((Caller)user).ReadsAs ?? ((Caller)user).Id;

    /// <summary>The username of the signed-in user.</summary>
    /// <exception cref="InvalidCastException">The slice is public, so nobody is signed in.</exception>
    public static string Username(this ClaimsPrincipal user) => ((Caller)user).Username;
}

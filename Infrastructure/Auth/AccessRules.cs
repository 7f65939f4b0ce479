using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using Bank.Infrastructure.Tokens;

namespace Bank.Infrastructure.Auth;

/// <summary>The one place that refuses what a caller's credentials do not allow.</summary>
static class AccessRules
{
    public static Problem PasswordRequired { get; } = new(
        Status403Forbidden, "password_required", "Password required",
        "This operation needs the user's password. Nothing was changed. Sign in with the username and the "
        + "password.");

    /// <summary>For the key of a user who has no password but tokens.</summary>
    static readonly Problem TokenRequired = PasswordRequired with
    {
        Detail = "This operation needs a token of the user's authority. Nothing was changed. Sign in with a "
            + "token.",
    };

    /// <summary>For a user who has no password but tokens.</summary>
    static readonly Problem NoPassword = PasswordRequired with
    {
        Detail = "A user who signs in with tokens has no password here. Nothing was changed. The authority "
            + "that issues the tokens has the credentials.",
    };

    /// <summary>
    /// Declares that an endpoint serves only callers who signed in with the password, or with a token where
    /// the user has no password.
    /// </summary>
    /// <param name="slice">The endpoint.</param>
    /// <param name="allowsToken">Whether a token is enough; false for a password that is changed.</param>
    public static RouteHandlerBuilder RequiresPassword(
        this RouteHandlerBuilder slice, bool allowsToken = true) =>
        slice.WithMetadata(new Mark(allowsToken)).ProducesProblems(PasswordRequired);

    /// <summary>Whether an endpoint serves only callers who signed in with the password.</summary>
    public static bool IsPasswordRequired(IEnumerable<object> metadata) => metadata.OfType<Mark>().Any();

    /// <summary>The problem that refuses the request; null if the caller may send it.</summary>
    public static Problem? FindRefusal(HttpContext http, Caller caller) =>
        caller.Scope is CallerScope.Read && !IsRead(http.Request.Method)
            ? caller.SignedInBy is SignInMethod.Token
                ? TokenProblems.InsufficientScope
                : Problem.KeyIsReadOnly
        : http.GetEndpoint()?.Metadata.GetMetadata<Mark>() is not { } mark ? null
        : caller.SignedInBy switch
        {
            SignInMethod.Password => null,
            SignInMethod.Token => mark.AllowsToken ? null : NoPassword,
            SignInMethod.Key => caller.HasPassword ? PasswordRequired : TokenRequired,
        };

    static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    sealed record Mark(bool AllowsToken);
}

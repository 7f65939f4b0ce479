using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Auth;

/// <summary>The one place that refuses what a caller's credentials do not allow.</summary>
static class AccessRules
{
    public static Problem PasswordRequired { get; } = new(
        Status403Forbidden, "password_required", "Password required",
        "This operation needs the user's password. Nothing was changed. Sign in with the username and the "
        + "password.");

    /// <summary>Declares that an endpoint serves only callers who signed in with the password.</summary>
    public static RouteHandlerBuilder RequiresPassword(this RouteHandlerBuilder slice) =>
        slice.WithMetadata(new Mark()).ProducesProblems(PasswordRequired);

    /// <summary>Whether an endpoint serves only callers who signed in with the password.</summary>
    public static bool IsPasswordRequired(IEnumerable<object> metadata) => metadata.OfType<Mark>().Any();

    /// <summary>The problem that refuses the request; null if the caller may send it.</summary>
    public static Problem? FindRefusal(HttpContext http, Caller caller) =>
        caller.Scope is CallerScope.Read && !IsRead(http.Request.Method) ? Problem.KeyIsReadOnly
        : caller.SignedInBy is not SignInMethod.Password
            && http.GetEndpoint() is { } endpoint && IsPasswordRequired(endpoint.Metadata) ? PasswordRequired
        : null;

    static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    sealed class Mark;
}

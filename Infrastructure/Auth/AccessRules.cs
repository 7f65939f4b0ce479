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

    /// <summary>For a user whose password an operator has set.</summary>
    public static Problem PasswordExpired { get; } = new(
        Status403Forbidden, "password_expired", "Password expired",
        "This password was given by an operator and is good for one thing: choosing another one. Send PUT "
        + "/auth/password. Nothing was changed.");

    public static Problem OperatorsOnly { get; } = new(
        Status403Forbidden, "operators_only", "Operator required",
        "Only an operator of this bank may do this. Nothing was changed.");

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

    /// <summary>Declares that an endpoint serves operators alone.</summary>
    public static RouteHandlerBuilder RequiresOperator(this RouteHandlerBuilder slice) =>
        slice.WithMetadata(new OperatorMark()).ProducesProblems(OperatorsOnly);

    /// <summary>Declares that operators may read what belongs to others through an endpoint.</summary>
    public static RouteHandlerBuilder ReadableByOperators(this RouteHandlerBuilder slice, OwnedThing thing) =>
        slice.WithMetadata(new OperatorReadMark(thing));

    /// <summary>Whether an endpoint serves operators alone.</summary>
    public static bool IsOperatorRequired(IEnumerable<object> metadata) =>
        metadata.OfType<OperatorMark>().Any();

    /// <summary>Whether an endpoint serves only callers who signed in with the password.</summary>
    public static bool IsPasswordRequired(IEnumerable<object> metadata) => metadata.OfType<Mark>().Any();

    /// <summary>The problem that refuses the request; null if the caller may send it.</summary>
    public static Problem? FindRefusal(HttpContext http, Caller caller) =>
        caller.IsPasswordExpired && !IsPasswordChange(http) ? PasswordExpired
        : caller.Scope is CallerScope.Read && !IsRead(http.Request.Method)
            ? caller.SignedInBy is SignInMethod.Token
                ? TokenProblems.InsufficientScope
                : Problem.KeyIsReadOnly
        : IsOperatorRequired(http.GetEndpoint()?.Metadata ?? []) && !caller.IsOperator ? OperatorsOnly
        : http.GetEndpoint()?.Metadata.GetMetadata<Mark>() is not { } mark ? null
        : caller.SignedInBy switch
        {
            SignInMethod.Password => null,
            SignInMethod.Token => mark.AllowsToken ? null : NoPassword,
            SignInMethod.Key => caller.HasPassword ? PasswordRequired : TokenRequired,
        };

    /// <summary>Only the endpoint that changes the password accepts no token.</summary>
    static bool IsPasswordChange(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<Mark>() is { AllowsToken: false };

    static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    sealed record Mark(bool AllowsToken);

    sealed record OperatorMark;
}

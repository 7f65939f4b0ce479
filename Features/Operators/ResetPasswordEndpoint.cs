using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using static Bank.Features.Operators.OperatorProblems;

namespace Bank.Features.Operators;

/// <summary>Reset a password</summary>
/// <remarks>
/// The old password is refused at once, on every instance. The response shows another one once. It is good
/// for one thing: PUT /auth/password. Until then the user's keys are refused too.
/// </remarks>
sealed class ResetPasswordEndpoint(ResetPasswordQuery users, SignIn signIn)
    : Endpoint<ResetPasswordRequest, OneTimePasswordResponse>
{
    public override void Configure()
    {
        Post("/users/{username}/password");
        Description(slice => slice.WithName("ResetPassword").RequiresOperator()
            .ProducesExample(Status200OK, new OneTimePasswordResponse(2, "grace", OneTimePassword.Shown))
            .ProducesProblems(Problem.UserNotFound, OwnUser, UserHasNoPassword, Problem.Overloaded)
            .WithOutcomeHint("Send it again: another password replaces one that nobody has seen."));
        Summary(slice => slice.ExampleRequest = new ResetPasswordRequest("grace", "Forgotten"));
    }

    public override async Task HandleAsync(ResetPasswordRequest request, CancellationToken ct)
    {
        var (username, password) = (request.Username.Normalize(), OneTimePassword.Create());
        var hash = await signIn.HashForUserAsync(password, ct);
        var (problem, id) = await users.ResetAsync(
            username, hash, new(User.Id(), request.Reason, HttpContext.TraceId()), ct);

        if (problem is null)
            signIn.Invalidate(username);

        await (problem is null
            ? Send.OkAsync(new OneTimePasswordResponse(id, username, password), CancellationToken.None)
            : Send.ProblemCodeAsync(problem, ct));
    }
}

using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Features.Users.UserProblems;

namespace Bank.Features.Users;

/// <summary>Change the password</summary>
/// <remarks>
/// The new password takes effect at once, on every instance. Requests with the old password are then refused.
/// </remarks>
sealed class ChangePasswordEndpoint(SignIn signIn) : Endpoint<ChangePasswordRequest>
{
    public override void Configure()
    {
        Put("/auth/password");
        Description(slice => slice.WithName("ChangePassword").ProducesExample(Status204NoContent)
            .RequiresPassword(allowsToken: false).ProducesProblems(WrongPassword)
            .WithOutcomeHint("GET /auth/me returns 200 for the password that is in effect."));
        Summary(slice => slice.ExampleRequest =
            new ChangePasswordRequest(Example.Password, "a longer and better one"));
    }

    public override async Task HandleAsync(ChangePasswordRequest request, CancellationToken ct)
    {
        var current = new BasicCredentials(User.Username(), request.CurrentPassword);
        var isChanged = await signIn.ChangePasswordAsync(
            current, request.NewPassword, SignInOrigin.FromContext(HttpContext), ct);

        await (isChanged
            ? Send.NoContentAsync(CancellationToken.None)
            : Send.ProblemAsync(WrongPassword, ct));
    }
}

using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Features.Users.UserProblems;

namespace Bank.Features.Users;

/// <summary>Change the password</summary>
/// <remarks>
/// At once and on every instance: requests that carry the old one are refused from then on.
/// </remarks>
sealed class ChangePasswordEndpoint(SignIn signIn) : Endpoint<ChangePasswordRequest>
{
    public override void Configure()
    {
        Put("/auth/password");
        Description(slice => slice.WithName("ChangePassword").ProducesExample(Status204NoContent)
            .ProducesProblems(WrongPassword)
            .WithOutcomeHint("GET /auth/me answers 200 to the password that counts."));
        Summary(slice => slice.ExampleRequest =
            new ChangePasswordRequest(Example.Password, "a longer and better one"));
    }

    public override async Task HandleAsync(ChangePasswordRequest request, CancellationToken ct)
    {
        var current = new BasicCredentials(User.Username(), request.CurrentPassword);
        var change = signIn.ChangePasswordAsync(
            current, request.NewPassword, SignInOrigin.Of(HttpContext));
        var isChanged = await change.WaitAsync(ct);

        await (isChanged ? Send.NoContentAsync(ct) : Send.ProblemAsync(WrongPassword, ct));
    }
}

using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using FastEndpoints;
using static Bank.Features.Users.UserProblems;

namespace Bank.Features.Users;

/// <summary>Leave the bank</summary>
/// <remarks>
/// Removes the caller once every account is empty, and closes the accounts. The name is not given out again,
/// and what was posted stays in the ledger. What others hold for the accounts they may release.
/// </remarks>
sealed class DeleteMeEndpoint(DeleteMeQuery users, SignIn signIn) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Delete("/auth/me");
        Description(slice => slice.WithName("DeleteMe").ProducesExample(Status204NoContent)
            .ProducesProblems(AccountsNotEmpty)
            .WithOutcomeHint("GET /auth/me answers 401 if it was made."));
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        if (await users.RemoveAsync(User.Id(), ct))
        {
            signIn.Forget(User.Username());
            await Send.NoContentAsync(ct);
        }
        else
        {
            await Send.ProblemAsync(AccountsNotEmpty, ct);
        }
    }
}

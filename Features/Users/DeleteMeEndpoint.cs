using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using FastEndpoints;
using static Bank.Features.Users.UserProblems;

namespace Bank.Features.Users;

/// <summary>Delete the current user</summary>
/// <remarks>
/// All accounts must have a balance of 0; they are closed. The user name is never reused, and the
/// transactions stay in the ledger. Payers may release holds in favour of the closed accounts. A user with
/// many thousands of accounts closes them one by one first, since one request cannot close them all in time.
/// </remarks>
sealed class DeleteMeEndpoint(DeleteMeQuery users, SignIn signIn) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Delete("/auth/me");
        Description(slice => slice.WithName("DeleteMe").ProducesExample(Status204NoContent)
            .RequiresPassword().ProducesProblems(AccountsNotEmpty)
            .WithOutcomeHint("GET /auth/me returns 401 if the user was deleted."));
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        if (await users.RemoveAsync(User.Id(), ct))
        {
            signIn.Invalidate(User.Username());
            await Send.NoContentAsync(CancellationToken.None);
        }
        else
        {
            await Send.ProblemAsync(AccountsNotEmpty, ct);
        }
    }
}

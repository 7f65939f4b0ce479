using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using static Bank.Features.Operators.OperatorProblems;

namespace Bank.Features.Operators;

/// <summary>Block a user</summary>
/// <remarks>
/// The user is signed out at once, on every instance: passwords, keys and tokens are refused, and live
/// histories end. Accounts, holds and balances stay as they are, and others may pay the user. Blocking a
/// blocked user changes nothing.
/// </remarks>
sealed class BlockUserEndpoint(BlockUserQuery users, UserChanges changes) : Endpoint<BlockUserRequest>
{
    public override void Configure()
    {
        Post("/users/{username}/block");
        Description(slice => slice.WithName("BlockUser").RequiresOperator()
            .ProducesExample(Status204NoContent).ProducesProblems(Problem.UserNotFound, OwnUser)
            .WithOutcomeHint("It is safe to send the request again."));
        Summary(slice => slice.ExampleRequest = new BlockUserRequest("ada", "Stolen password"));
    }

    public override async Task HandleAsync(BlockUserRequest request, CancellationToken ct)
    {
        var username = request.Username.Normalize();
        var problem = await users.SetAsync(
            username, isBlocked: true, new(User.Id(), request.Reason, HttpContext.TraceId()), ct);

        if (problem is null)
            changes.Announce(username);

        await (problem is null
            ? Send.NoContentAsync(CancellationToken.None)
            : Send.ProblemCodeAsync(problem, ct));
    }
}

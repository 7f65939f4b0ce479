using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using static Bank.Features.Operators.OperatorProblems;

namespace Bank.Features.Operators;

/// <summary>Unblock a user</summary>
/// <remarks>
/// The user can sign in again, with the same password and keys. Unblocking a user who is not blocked changes
/// nothing.
/// </remarks>
sealed class UnblockUserEndpoint(BlockUserQuery users) : Endpoint<UnblockUserRequest>
{
    public override void Configure()
    {
        Post("/users/{username}/unblock");
        Description(slice => slice.WithName("UnblockUser").RequiresOperator()
            .ProducesExample(Status204NoContent).ProducesProblems(Problem.UserNotFound, OwnUser)
            .WithOutcomeHint("It is safe to send the request again."));
        Summary(slice => slice.ExampleRequest = new UnblockUserRequest("ada", "New password"));
    }

    public override async Task HandleAsync(UnblockUserRequest request, CancellationToken ct)
    {
        var problem = await users.SetAsync(
            request.Username.Normalize(), isBlocked: false,
            new(User.Id(), request.Reason, HttpContext.TraceId()), ct);

        await (problem is null
            ? Send.NoContentAsync(CancellationToken.None)
            : Send.ProblemCodeAsync(problem, ct));
    }
}

using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using FastEndpoints;
using static Bank.Features.Holds.HoldProblems;

namespace Bank.Features.Holds;

/// <summary>Release a hold</summary>
/// <remarks>
/// Gives the money free again, at the wish of who was to receive it. Who pays cannot: until it expires, that
/// is what a hold promises. Only where the account that was to receive was closed, and so never can, does who
/// pays release it.
/// </remarks>
sealed class ReleaseHoldEndpoint(GroupCommitter ledger, GetHoldQuery holds)
    : Endpoint<ReleaseHoldRequest, HoldResponse>
{
    public override void Configure()
    {
        Post("/holds/{id}/release");
        Description(slice => slice.WithName("ReleaseHold")
            .ProducesExample(Status200OK, PlaceHoldEndpoint.Example(7, "released"))
            .ProducesProblems(HoldNotFound, HoldNotOpen)
            .ProducesPostingProblems(HowToAskOfRelease(SomeHold)));
        Summary(slice => slice.ExampleRequest = new ReleaseHoldRequest(PlaceHoldEndpoint.Example(7, "").Id));
    }

    public override async Task HandleAsync(ReleaseHoldRequest request, CancellationToken ct)
    {
        // What a hold is between never changes; whether it is still open is for the statement to decide.
        if (await holds.FindAsync(request.Id, User.Id(), ct) is not { } hold)
        {
            await Send.ProblemAsync(HoldNotFound, ct);
            return;
        }

        var command = new ReleaseHoldCommand(User.Id(), hold.Id, hold.From, hold.To, hold.Amount);
        var answer = await ledger.PostAsync(HttpContext, command, request);

        await (answer.IsPosted
            ? Send.OkAsync(hold with { Status = "released" }, ct)
            : Send.ProblemCodeAsync(answer.Outcome, ct));
    }
}

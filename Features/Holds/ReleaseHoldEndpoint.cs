using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using FastEndpoints;
using static Bank.Features.Holds.HoldProblems;

namespace Bank.Features.Holds;

/// <summary>Release a hold</summary>
/// <remarks>
/// Frees the held amount. Only the payee may release a hold; the payer may not, unless the payee's account
/// was closed.
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
            .ProducesPostingProblems(ReleaseHint(SomeHold)));
        Summary(slice => slice.ExampleRequest = new ReleaseHoldRequest(PlaceHoldEndpoint.Example(7, "").Id));
    }

    public override async Task HandleAsync(ReleaseHoldRequest request, CancellationToken ct)
    {
        // The accounts of a hold never change; whether it is still open is for the query to decide.
        var hold = await HttpContext.WaitForDatabaseAsync(
            () => holds.FindAsync(request.Id, User.Id(), ct), ct);

        await (hold is not null
            ? Send.PostAndSendAsync(
                ledger, ReleaseHoldQuery.Command(User.Id(), hold), fingerprintOf: request,
                _ => Send.OkAsync(hold with { Status = "released" }, ct), ct)
            : Send.ProblemAsync(HoldNotFound, ct));
    }
}

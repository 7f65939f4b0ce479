using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using FastEndpoints;
using static Bank.Features.Holds.HoldProblems;

namespace Bank.Features.Holds;

/// <summary>Get a hold</summary>
/// <remarks>Visible to the payer and the payee.</remarks>
sealed class GetHoldEndpoint(GetHoldQuery holds, InDoubtQuery inDoubt)
    : Endpoint<GetHoldRequest, HoldResponse>
{
    public override void Configure()
    {
        Get("/holds/{id}");
        Description(slice => slice.WithName("GetHold").ReadableByOperators(OwnedThing.Hold)
            .ProducesExample(Status200OK, PlaceHoldEndpoint.Example(6, "captured"))
            .ProducesProblems(HoldNotFound, OutcomeUnknown(SomeHold)));
        Summary(slice => slice.ExampleRequest = new GetHoldRequest(PlaceHoldEndpoint.Example(6, "").Id));
    }

    public override async Task HandleAsync(GetHoldRequest request, CancellationToken ct)
    {
        var hold = await holds.FindAsync(request.Id, User.Id(), ct);

        await (hold is not null ? Send.OkAsync(hold, ct)
            : await inDoubt.IsInDoubtAsync(request.Id, ct) ? Send.ProblemAsync(OutcomeUnknown(request.Id), ct)
            : Send.ProblemAsync(HoldNotFound, ct));
    }
}

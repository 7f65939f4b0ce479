using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using FastEndpoints;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Holds;

/// <summary>List holds</summary>
/// <remarks>
/// The holds that one of the caller's accounts pays or receives, newest first, in every status or in one.
/// </remarks>
sealed class ListHoldsEndpoint(ListHoldsQuery holds) : Endpoint<ListHoldsRequest, HoldResponse[]>
{
    public override void Configure()
    {
        Get("/accounts/{id}/holds");
        Description(slice => slice.WithName("ListHolds").ReadableByOperators(OwnedThing.Account)
            .ProducesExample<HoldResponse[]>(
                Status200OK,
                [PlaceHoldEndpoint.Example(7, "released"), PlaceHoldEndpoint.Example(6, "captured")])
            .ProducesProblems(AccountNotFound));
        Summary(slice => slice.Responses[Status200OK] = "A page of holds.");
    }

    public override async Task HandleAsync(ListHoldsRequest request, CancellationToken ct)
    {
        var page = await holds.ListAsync(request, User.Id(), ct);

        await (page is null
            ? Send.ProblemAsync(AccountNotFound, ct)
            : Send.PageAsync(
                page, request.Limit, request.Address(),
                last => new PageCursor(ListHoldsRequest.List, last.Number), ct));
    }
}

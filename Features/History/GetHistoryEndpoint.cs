using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.History;

/// <summary>Read a history</summary>
/// <remarks>
/// The transactions of one of the caller's accounts, page by page. Pages neither skip nor repeat one while
/// the history grows. It may be asked for what was posted between two moments, and for one direction only.
/// </remarks>
sealed class GetHistoryEndpoint(GetHistoryQuery history) : Endpoint<GetHistoryRequest, Transaction[]>
{
    public override void Configure()
    {
        Get("/transactions/account/{id}");
        Description(slice => slice.WithName("GetHistory")
            .ProducesExample<Transaction[]>(Status200OK, Example.History)
            .ProducesProblems(AccountNotFound));
        Summary(slice => slice.Responses[Status200OK] = "A page of transactions.");
    }

    public override async Task HandleAsync(GetHistoryRequest request, CancellationToken ct)
    {
        var items = await history.ReadAsync(request, User.Id(), ct);

        await (items is null
            ? Send.ProblemAsync(AccountNotFound, ct)
            : Send.PageAsync(
                items, request.Limit, request.Address(),
                last => new PageCursor((byte)request.Ordering(), last.Sequence!.Value), ct));
    }
}

using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.History;

/// <summary>List an account's transactions</summary>
/// <remarks>
/// The transactions of one of the caller's accounts, page by page. Pages neither skip nor repeat a
/// transaction while the history grows. <c>since</c> and <c>until</c> limit them to a period,
/// <c>direction</c> to received or paid ones.
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
        var items = await history.ReadAsync(request.ToPage(User.Id()), ct);

        await (items is null
            ? Send.ProblemAsync(AccountNotFound, ct)
            : Send.PageAsync(
                items, request.Limit, request.Address(),
                last => new PageCursor((byte)request.ParsedOrder(), last.Sequence!.Value), ct));
    }
}

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
/// <c>direction</c> to received or paid ones, <c>reference</c>, <c>min_amount</c>, <c>max_amount</c> and
/// <c>counterparty</c> to those that match. With one of these four, a page looks at 10,000 transactions at
/// most: it may be short or empty although another page follows.
/// </remarks>
sealed class GetHistoryEndpoint(GetHistoryQuery history, SearchHistoryQuery searches)
    : Endpoint<GetHistoryRequest, Transaction[]>
{
    public override void Configure()
    {
        Get("/transactions/account/{id}");
        Description(slice => slice.WithName("GetHistory").ReadableByOperators(OwnedThing.Account)
            .ProducesExample<Transaction[]>(Status200OK, Example.History)
            .ProducesProblems(AccountNotFound));
        Summary(slice =>
        {
            slice.Responses[Status200OK] = "A page of transactions.";
            slice.Params["min_amount"] = "Only transactions of at least this amount.";
            slice.Params["max_amount"] = "Only transactions of at most this amount.";
        });
    }

    public override async Task HandleAsync(GetHistoryRequest request, CancellationToken ct)
    {
        if (request.ToSearch() is { } search)
        {
            await FindAsync(request, search, ct);
            return;
        }

        var items = await history.ReadAsync(request.ToPage(User.Id()), ct);

        await (items is null
            ? Send.ProblemAsync(AccountNotFound, ct)
            : Send.PageAsync(
                items, request.Limit, request.Address(),
                last => request.CursorAfter(last.Sequence!.Value), ct));
    }

    async Task FindAsync(GetHistoryRequest request, HistorySearch search, CancellationToken ct)
    {
        var page = await history.RestrictAsync(request.ToPage(User.Id()), ct);
        var found = await searches.FindAsync(page, search, ct);

        await (found is null
            ? Send.ProblemAsync(AccountNotFound, ct)
            : Send.PageAsync(
                found.Items, request.Address(),
                found.Last is { } last ? request.CursorAfter(last) : null, ct));
    }
}

using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using FastEndpoints;
using static Bank.Infrastructure.Ledger.LedgerRefusals;

namespace Bank.Features.History;

/// <summary>Lists the transactions of one of the caller's accounts, page by page.</summary>
/// <remarks>
/// Pages neither skip nor repeat a transaction while the history grows. To read on, follow the Link header.
/// </remarks>
sealed class GetHistoryEndpoint(GetHistoryQuery history) : Endpoint<GetHistoryRequest, HistoryItem[]>
{
    public override void Configure()
    {
        Get("/transactions/account/{id}");
        Description(slice => slice.WithName("GetHistory").Answers<HistoryItem[]>(Status200OK)
            .Refuses(AccountNotFound));
        Summary(slice =>
        {
            slice.Responses[Status200OK] = "A page of transactions; Link leads to the next one.";
            slice.ResponseHeaders.Add(new ResponseHeader(Status200OK, "Link")
            {
                Description = "While there is more: where the next page is (RFC 8288).",
                Example = "</transactions/account/1?limit=100&order=asc&cursor=AAAAAAAAAABk>; rel=\"next\"",
            });
        });
    }

    public override async Task HandleAsync(GetHistoryRequest request, CancellationToken ct)
    {
        var items = await history.ReadAsync(request, User.Id(), ct);

        if (items is null)
        {
            await Send.ProblemAsync(AccountNotFound, ct);
            return;
        }

        if (items.Length > request.Limit)
        {
            items = items[..request.Limit];
            HttpContext.Response.Headers.Link = $"<{NextPage(request, items[^1])}>; rel=\"next\"";
        }

        await Send.OkAsync(items, ct);
    }

    static string NextPage(GetHistoryRequest request, HistoryItem last) =>
        $"/transactions/account/{request.Id}?limit={request.Limit}&order={request.Order}"
        + $"&cursor={new HistoryCursor(request.Direction(), last.Sequence)}";
}

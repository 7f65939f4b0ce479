using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.History;

/// <summary>Lists the transactions of one of the caller's accounts, page by page.</summary>
sealed class GetHistoryEndpoint(GetHistoryQuery history) : Endpoint<GetHistoryRequest, HistoryItem[]>
{
    public override void Configure()
    {
        Get("/transactions/account/{id}");
        Description(slice => slice.WithName("GetHistory").Answers<HistoryItem[]>(Status200OK)
            .Refuses(Problem.AccountNotFound));
    }

    public override async Task HandleAsync(GetHistoryRequest request, CancellationToken ct)
    {
        var items = await history.ReadAsync(request, User.Id(), ct);

        if (items is null)
        {
            await Send.ProblemAsync(Problem.AccountNotFound, ct);
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

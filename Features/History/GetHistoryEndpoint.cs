using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Infrastructure.Ledger.LedgerRefusals;

namespace Bank.Features.History;

/// <summary>Read a history</summary>
/// <remarks>
/// The transactions of one of the caller's accounts, page by page. Pages neither skip nor repeat one while
/// the history grows. It may be asked for what was posted between two moments, and for one direction only.
/// </remarks>
sealed class GetHistoryEndpoint(GetHistoryQuery history) : Endpoint<GetHistoryRequest, HistoryItem[]>
{
    /// <summary>What has been posted on the first account in the story that the examples tell.</summary>
    public static readonly HistoryItem[] Story =
    [
        new(1, Example.TransactionAt(3), null, 1, 1000.00m, 1000.00m, Example.At(3), "Salary"),
        new(2, Example.TransactionAt(4), 1, null, 200.00m, 800.00m, Example.At(4), "Cash"),
        new(3, Example.TransactionAt(4.5), 1, 2, 20.00m, 780.00m, Example.At(4.5), "Rent"),
        new(4, Example.TransactionAt(5), 1, 2, 10.50m, 769.50m, Example.At(5), "Lunch"),
    ];

    public override void Configure()
    {
        Get("/transactions/account/{id}");
        Description(slice => slice.WithName("GetHistory")
            .Answers<HistoryItem[]>(Status200OK, Story)
            .Refuses(AccountNotFound));
        Summary(slice => slice.Responses[Status200OK] = "A page of transactions.");
    }

    public override async Task HandleAsync(GetHistoryRequest request, CancellationToken ct)
    {
        var items = await history.ReadAsync(request, User.Id(), ct);

        await (items is null
            ? Send.ProblemAsync(AccountNotFound, ct)
            : Send.PageAsync(
                items, request.Limit, request.Address(),
                last => new PageCursor((byte)request.Ordering(), last.Sequence), ct));
    }
}

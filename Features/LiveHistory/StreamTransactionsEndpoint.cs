using System.Net.ServerSentEvents;
using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.OpenApi;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using static Bank.Features.LiveHistory.LiveHistoryProblems;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.LiveHistory;

/// <summary>Listen to a history</summary>
/// <remarks>
/// Tells the transactions of one of the caller's accounts as they are posted, as server-sent events: each has
/// the account's sequence as its id, and as its data what a page of the history says of it. They begin after
/// <c>Last-Event-ID</c> or <c>after</c>, or else with what is posted from now on, and come in order, each
/// once. Comments keep a silent connection alive. It ends when the account is closed, the password is changed, the
/// user leaves or the API stops: connect again, and the answer says why.
/// </remarks>
sealed class StreamTransactionsEndpoint(StreamTransactionsQuery accounts, LiveHistoryPublisher feed)
    : Endpoint<StreamTransactionsRequest>
{
    const string EventName = "transaction";

    public override void Configure()
    {
        Get("/transactions/account/{id}/live");
        Description(slice => slice.WithName("ListenToHistory")
            .ProducesEvents(Event(new Transaction(
                6, Example.TransactionAt(5), 1, 2, 10.50m, 769.50m, Example.At(5), "Lunch")))
            .ProducesProblems(AccountNotFound, HistoryClosed));
        Summary(slice =>
        {
            slice.Responses[Status200OK] = "Transactions, as they are posted.";
            slice.Params[StreamTransactionsRequest.Header] =
                "The id of the last event that arrived; clients of server-sent events send it by themselves.";
        });
    }

    public override async Task HandleAsync(StreamTransactionsRequest request, CancellationToken ct)
    {
        var account = await accounts.FindAsync(request.Id, User.Id(), ct);
        var known = request.Known() ?? account?.Sequence;

        await (account is null ? Send.ProblemAsync(AccountNotFound, ct)
            : known > account.Sequence ? throw NotReached(request)
            : known == account.Sequence && account.IsClosed ? Send.ProblemAsync(HistoryClosed, ct)
            : TellAsync(new LiveHistorySubscriber((Caller)User, request.Id, known!.Value), ct));
    }

    async Task TellAsync(LiveHistorySubscriber listener, CancellationToken ct)
    {
        feed.Begin(listener);

        try
        {
            var stream = await EventStream.BeginAsync(HttpContext, ct);

            await foreach (var page in listener.ReadAsync(ct))
            {
                await (page.Length > 0 ? stream.SendAsync(page.Select(Event), ct) : stream.BeatAsync(ct));

                if (page.Length == LiveHistoryQuery.LargestPage)
                    feed.Look(listener);
            }
        }
        finally
        {
            feed.End(listener);
        }
    }

    static SseItem<Transaction> Event(Transaction item) =>
        new(item, EventName) { EventId = $"{item.Sequence}" };

    static ProblemException NotReached(StreamTransactionsRequest request) => new(
        Problem.ValidationFailed,
        new FieldError(
            request.LastEventId is null ? "after" : StreamTransactionsRequest.Header,
            "is past the account's last transaction"));
}

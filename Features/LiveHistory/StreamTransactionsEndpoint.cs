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

/// <summary>Stream transactions</summary>
/// <remarks>
/// The transactions of one of the caller's accounts as they are posted, as server-sent events. An event's id
/// is the account's sequence, its data a transaction as in the list of the account's transactions. The stream
/// starts after <c>Last-Event-ID</c> or <c>after</c>, by default with the next transaction, and delivers
/// every transaction once and in order. Comments keep an idle connection open. The stream ends when the
/// account is closed, the password is changed, the key that opened it is deleted or expires, the user is
/// deleted or the API stops. Reconnect: the response then says why.
/// </remarks>
sealed class StreamTransactionsEndpoint(
    StreamTransactionsQuery accounts, LiveHistoryPublisher publisher, TimeProvider time)
    : Endpoint<StreamTransactionsRequest>
{
    const string EventName = "transaction";

    public override void Configure()
    {
        Get("/transactions/account/{id}/live");
        Description(slice => slice.WithName("ListenToHistory")
            .ProducesEvents(Event(Example.History[^1]))
            .ProducesProblems(AccountNotFound, HistoryClosed));
        Summary(slice =>
        {
            slice.Responses[Status200OK] = "Transactions as they are posted.";
            slice.Params[StreamTransactionsRequest.Header] =
                "The id of the last received event. Clients of server-sent events send it automatically.";
        });
    }

    public override async Task HandleAsync(StreamTransactionsRequest request, CancellationToken ct)
    {
        var account = await accounts.FindAsync(request.Id, User.Id(), ct);
        var known = request.LastKnownSequence() ?? account?.Sequence;

        await (account is null ? Send.ProblemAsync(AccountNotFound, ct)
            : known > account.Sequence ? throw NotReached(request)
            : known == account.Sequence && account.IsClosed ? Send.ProblemAsync(HistoryClosed, ct)
            : StreamAsync(new LiveHistorySubscriber((Caller)User, request.Id, known!.Value, time), ct));
    }

    async Task StreamAsync(LiveHistorySubscriber subscriber, CancellationToken ct)
    {
        publisher.Subscribe(subscriber);

        try
        {
            var stream = await LiveHistoryStream.StartAsync(HttpContext, ct);

            await foreach (var page in subscriber.ReadAsync(ct))
            {
                await (page.Length > 0
                    ? stream.SendAsync(page.Select(Event), ct)
                    : stream.SendHeartbeatAsync(ct));

                if (page.Length == LiveHistoryQuery.MaxPageSize)
                    publisher.Schedule(subscriber);
            }
        }
        finally
        {
            publisher.Unsubscribe(subscriber);
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

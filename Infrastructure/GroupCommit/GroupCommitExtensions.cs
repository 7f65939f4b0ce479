using Bank.Infrastructure.Http;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>What an endpoint needs of the ledger: post a command and send the result.</summary>
static class GroupCommitExtensions
{
    /// <summary>
    /// Declares the problems that every money slice shares, because the ledger may be overloaded or
    /// unreachable, and that the endpoint accepts an <c>Idempotency-Key</c>.
    /// </summary>
    /// <param name="slice">The slice.</param>
    /// <param name="outcomeHint">
    /// How a caller finds out whether its command was posted, where that is not a transaction to read.
    /// </param>
    public static RouteHandlerBuilder ProducesPostingProblems(
        this RouteHandlerBuilder slice, string? outcomeHint = null) => slice
        .AcceptsIdempotencyKey()
        .WaitsForDatabase()
        .ProducesProblems(
            Problem.Overloaded, Problem.DatabaseUnavailable, AccountBusy,
            OutcomeUnknown(outcomeHint ?? OutcomeHint(SomeTransaction)));

    /// <summary>Posts a command and sends its transaction, or the problem that refused it.</summary>
    /// <param name="send">The endpoint's sender.</param>
    /// <param name="ledger">The ledger.</param>
    /// <param name="command">The command.</param>
    /// <param name="fingerprintOf">
    /// The request. Its fingerprint is stored with the idempotency key, and a replay has to match it.
    /// </param>
    /// <param name="ct">Ends the sending, never the posting.</param>
    /// <exception cref="ProblemException">See <see cref="GroupCommitter.PostAsync"/>.</exception>
    public static Task PostAndSendAsync(
        this IResponseSender send, GroupCommitter ledger, MoneyCommand command, object fingerprintOf,
        CancellationToken ct) =>
        send.PostAndSendAsync(
            ledger, command, fingerprintOf,
            result => send.CreatedAsync($"/transactions/{result.Id}", result.Transaction, ct), ct);

    /// <summary>Posts a command and sends its result, or the problem that refused it.</summary>
    /// <param name="send">The endpoint's sender.</param>
    /// <param name="ledger">The ledger.</param>
    /// <param name="command">The command.</param>
    /// <param name="fingerprintOf">
    /// The request. Its fingerprint is stored with the idempotency key, and a replay has to match it.
    /// </param>
    /// <param name="sendPosted">Sends the response for a command that was posted.</param>
    /// <param name="ct">Ends the sending, never the posting.</param>
    /// <exception cref="ProblemException">See <see cref="GroupCommitter.PostAsync"/>.</exception>
    public static async Task PostAndSendAsync(
        this IResponseSender send, GroupCommitter ledger, MoneyCommand command, object fingerprintOf,
        Func<PostingResult, Task> sendPosted, CancellationToken ct)
    {
        var http = send.HttpContext;
        var result = await ledger.PostAsync(
            command, http.IdempotencyKey(fingerprintOf, command.CallerId), http.Spent());
        http.MarkReplayed(result.ReplayedTraceId);

        await (result.IsPosted
            ? sendPosted(result)
            : send.RefuseAsync(command, result, ct));
    }

    static async Task RefuseAsync(
        this IResponseSender send, MoneyCommand command, PostingResult result, CancellationToken ct)
    {
        var index = command.IndexOf(result.Id);

        await (await send.HttpContext.ExplainAsync([command], [result], ct) is [{ Problem: { } problem }]
            ? send.ProblemAsync(problem with { Index = index }, ct)
            : send.ProblemCodeAsync(result.Outcome, ct, index));
    }

    /// <summary>
    /// Posts the commands of a bulk, each on its own, and returns their results in the same order. The key of
    /// the request stands for each of them.
    /// </summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="http">The context of the request.</param>
    /// <param name="reservation">Reserves the key of the request.</param>
    /// <param name="commands">The commands; null in place of an element that is not to be posted.</param>
    /// <param name="fingerprintOf">
    /// The request. Its fingerprint is stored with the idempotency key, and a replay has to match it.
    /// </param>
    /// <param name="ct">Ends what is done before anything is posted.</param>
    /// <returns>A result in the place of each command.</returns>
    /// <exception cref="ProblemException">
    /// The key belongs to another request, or see <see cref="GroupCommitter.PostAllAsync"/>.
    /// </exception>
    public static async Task<PostingResult?[]> PostAllAsync(
        this GroupCommitter ledger, HttpContext http, ReserveIdempotencyKeyQuery reservation,
        MoneyCommand?[] commands, object fingerprintOf, CancellationToken ct)
    {
        var results = new PostingResult?[commands.Length];
        var asked = commands.Index().Where(command => command.Item is not null).ToArray();

        if (asked.Length == 0)
            return results;

        var key = http.IdempotencyKey(fingerprintOf, asked[0].Item!.CallerId);
        var isReplay = key is not null && !await http.WaitForDatabaseAsync(
            () => reservation.TryReserveAsync(key, ct), ct);
        var keys = key?.OfElements(commands.Length);
        var posted = await ledger.PostAllAsync(
            Array.ConvertAll(asked, command => command.Item!),
            Array.ConvertAll(asked, command => keys?[command.Index]), isReplay, http.Spent());

        if (posted.All(result => result.ReplayedTraceId is not null))
            http.MarkReplayed(posted[0].ReplayedTraceId);

        posted = await http.ExplainAsync(Array.ConvertAll(asked, command => command.Item!), posted, ct);

        foreach (var (index, result) in posted.Index())
            results[asked[index].Index] = result;

        return results;
    }

    /// <summary>The ledger answers in time by itself, so the request's own timeout ends here.</summary>
    static TimeSpan Spent(this HttpContext http)
    {
        http.DisableTimeout();
        return http.Elapsed();
    }
}

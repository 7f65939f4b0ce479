using Bank.Infrastructure.Http;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>What an endpoint needs to know of the ledger: post this command, get its answer.</summary>
static class GroupCommitExtensions
{
    /// <summary>
    /// What every money slice may answer beside its own: the ledger may be overloaded or away.
    /// </summary>
    /// <param name="slice">The slice.</param>
    /// <param name="howToAsk">
    /// How a caller finds out what became of its command, where that is no transaction to be read.
    /// </param>
    public static RouteHandlerBuilder ProducesPostingProblems(this RouteHandlerBuilder slice, string? howToAsk = null) =>
        slice.ProducesProblems(
            IdempotencyProblems.KeyReused, Problem.Overloaded, Problem.DatabaseUnavailable, AccountBusy,
            OutcomeUnknown(howToAsk ?? HowToAsk(SomeTransaction)));

    /// <summary>
    /// Posts a command with the key of its request and answers after the commit. A caller that goes away
    /// does not cancel it.
    /// </summary>
    /// <exception cref="ProblemException">As <see cref="GroupCommitter.PostAsync"/> says.</exception>
    public static async Task<PostingResult> PostAsync<TRequest>(
        this GroupCommitter ledger, HttpContext http, MoneyCommand command, TRequest request)
        where TRequest : IKeyedRequest
    {
        var answer = await ledger.PostAsync(command, http.KeyOf(request, command.CallerId), http.Spent());
        http.NoteRepeat(answer.ReplayedTraceId);

        return answer;
    }

    /// <summary>
    /// Posts the commands of a request, each on its own, and answers in their order after all of them. The key of
    /// the request stands for each of them.
    /// </summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="http">The context of the request.</param>
    /// <param name="claims">Where its key is claimed.</param>
    /// <param name="commands">What is asked; null in the place of what is not.</param>
    /// <param name="request">The request, as it is to be compared with another.</param>
    /// <param name="ct">Ends what is done before anything is posted.</param>
    /// <returns>An answer in the place of each command.</returns>
    /// <exception cref="ProblemException">
    /// The key belongs to another request, or as <see cref="GroupCommitter.PostAllAsync"/> says.
    /// </exception>
    public static async Task<PostingResult?[]> PostAllAsync<TRequest>(
        this GroupCommitter ledger, HttpContext http, ReserveIdempotencyKeyQuery claims, MoneyCommand?[] commands,
        TRequest request, CancellationToken ct)
        where TRequest : IKeyedRequest
    {
        var answers = new PostingResult?[commands.Length];
        var asked = commands.Index().Where(command => command.Item is not null).ToArray();

        if (asked.Length == 0)
            return answers;

        var key = http.KeyOf(request, asked[0].Item!.CallerId);
        var isRepeat = key is not null && !await claims.TryClaimAsync(key, ct);
        var keys = key?.OfElements(commands.Length);
        var posted = await ledger.PostAllAsync(
            Array.ConvertAll(asked, command => command.Item!),
            Array.ConvertAll(asked, command => keys?[command.Index]), isRepeat, http.Spent());

        if (posted.All(answer => answer.ReplayedTraceId is not null))
            http.NoteRepeat(posted[0].ReplayedTraceId);

        foreach (var (index, answer) in posted.Index())
            answers[asked[index].Index] = answer;

        return answers;
    }

    /// <summary>The ledger answers in time by itself, with what is known.</summary>
    static TimeSpan Spent(this HttpContext http) => http.Features.Get<RequestDeadline>()?.Lift() ?? TimeSpan.Zero;
}

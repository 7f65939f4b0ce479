using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using static Bank.Infrastructure.Ledger.LedgerRefusals;

namespace Bank.Infrastructure.Ledger;

/// <summary>What an endpoint needs to know of the ledger: post this command, get its answer.</summary>
static class MoneyEndpoint
{
    /// <summary>
    /// What every money slice may answer beside its own: the ledger may be overloaded or away.
    /// </summary>
    public static RouteHandlerBuilder PostsMoney(this RouteHandlerBuilder slice) => slice.Refuses(
        IdempotencyKeyReused, Problem.Overloaded, Problem.DatabaseUnavailable,
        AccountBusy, OutcomeUnknown(SomeTransaction));

    /// <summary>
    /// Posts a command with the key of its request and answers after the commit. A caller that goes away
    /// does not cancel it.
    /// </summary>
    /// <exception cref="ProblemException">As <see cref="GroupCommit.PostAsync"/> says.</exception>
    public static async Task<Answer> PostAsync<TRequest>(
        this GroupCommit ledger, HttpContext http, MoneyCommand command, TRequest request)
        where TRequest : IKeyedRequest
    {
        // The ledger answers in time by itself, with what is known.
        var spent = http.Features.Get<RequestDeadline>()?.Lift() ?? TimeSpan.Zero;
        var answer = await ledger.PostAsync(command, http.KeyOf(request, command.CallerId), spent);
        http.NoteRepeat(answer.ReplayedTraceId);

        return answer;
    }
}

using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Ledger;

/// <summary>What became of one command, after the commit; what its caller is told.</summary>
/// <param name="Outcome"><see cref="PostingRow.Posted"/>, or the code of the refusal.</param>
/// <param name="Id">
/// The id of the transaction, if it was posted; of several, the first one's. Of several that were refused, the
/// id that the one would have had for which they were.
/// </param>
/// <param name="Balance">
/// The balance, after it, of the account that the caller looks from, if it was posted.
/// </param>
/// <param name="CreatedAt">When it was posted.</param>
/// <param name="ReplayedTraceId">
/// For a repeated key: the trace id that the first answer named; else null.
/// </param>
/// <param name="Amount">What was moved, where the command left that open and it was posted.</param>
/// <param name="Balances">Of several transactions that one command posted, the balance after each.</param>
/// <param name="Problem">Of a command of a bulk: what is told instead, where the ledger gave no answer.</param>
sealed record PostingResult(
    string Outcome, Guid Id, decimal Balance, DateTimeOffset CreatedAt, string? ReplayedTraceId = null,
    decimal? Amount = null, IReadOnlyList<decimal>? Balances = null, Problem? Problem = null)
{
    /// <summary>Whether money was moved.</summary>
    public bool IsPosted => Outcome == PostingRow.Posted;

    /// <summary>What is told where the ledger gave no answer.</summary>
    public static PostingResult FromProblem(Problem problem) => new(problem.Code, default, 0, default, Problem: problem);
}

using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Ledger;

/// <summary>The result of one command, after its commit.</summary>
/// <param name="Outcome"><see cref="PostingRow.Posted"/>, or the code of the problem.</param>
/// <param name="Id">
/// The id of the transaction, or of the first one; of a refused batch, the id that the refused transaction
/// would have had.
/// </param>
/// <param name="CreatedAt">The time of the posting.</param>
/// <param name="Transactions">The transactions that were posted; empty where no money was moved.</param>
/// <param name="ReplayedTraceId">Of a replay, the trace id of the original response; otherwise null.</param>
/// <param name="Problem">
/// Of a command in a bulk that the ledger could not decide, and of one that its currency explains, the
/// problem; otherwise null.
/// </param>
sealed record PostingResult(
    string Outcome, Guid Id, DateTimeOffset CreatedAt, IReadOnlyList<Transaction> Transactions,
    string? ReplayedTraceId = null, Problem? Problem = null)
{
    public bool IsPosted => Outcome == PostingRow.Posted;

    /// <summary>The one transaction of a command that posted one.</summary>
    public Transaction Transaction => Transactions[0];

    /// <summary>The result of a command that the ledger could not decide.</summary>
    public static PostingResult FromProblem(Problem problem) =>
        new(problem.Code, default, default, [], Problem: problem);
}

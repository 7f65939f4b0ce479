namespace Bank.Infrastructure.Ledger;

/// <summary>What became of one command, after the commit.</summary>
/// <param name="Outcome">How the statement decided.</param>
/// <param name="Id">The id of the transaction, if it was posted.</param>
/// <param name="Balance">
/// The balance, after it, of the account that the caller looks from, if it was posted.
/// </param>
/// <param name="CreatedAt">When it was posted.</param>
/// <param name="ReplayedTraceId">
/// For a repeated key: the trace id that the first answer named; else null.
/// </param>
sealed record Answer<TOutcome>(
    TOutcome Outcome, Guid Id, decimal Balance, DateTimeOffset CreatedAt, string? ReplayedTraceId = null)
    where TOutcome : struct, Enum;

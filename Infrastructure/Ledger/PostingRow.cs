namespace Bank.Infrastructure.Ledger;

/// <summary>
/// What became of one command of a batch, as the database has it: decided just now by the statement, decided
/// before under the same idempotency key, or found in the ledger after a connection was lost.
/// </summary>
sealed class PostingRow
{
    /// <summary>The outcome of a command that moved money; every other one is a refusal's code.</summary>
    public const string Posted = "posted";

    /// <summary>The command's place in the batch, from 1.</summary>
    public long Ordinal { get; set; }

    /// <summary>
    /// <see cref="Posted"/> or the code of the refusal; null when nothing was decided: of a command that is
    /// to be tried again, and of a key that stands for another request.
    /// </summary>
    public string? Outcome { get; set; }

    /// <summary>Whether the command's key was claimed before, so that the first answer is due.</summary>
    public bool IsRepeat { get; set; }

    /// <summary>The account of the command that somebody else has locked, if nothing was decided for that.</summary>
    public long? LockedId { get; set; }

    /// <summary>
    /// The id that the transaction has, or would have had; null where it is the command's own. Of a command
    /// that posts several, the first one's, or that of the one that is refused.
    /// </summary>
    public Guid? TransactionId { get; set; }

    /// <summary>For a key that was claimed before: the trace id that its first answer named.</summary>
    public string? TraceId { get; set; }

    /// <summary>The balance, after it, of the account that the caller looks from, if it was posted.</summary>
    public decimal? Balance { get; set; }

    /// <summary>
    /// Those balances, in cents, after each transaction of a command that posts several, if it was posted.
    /// </summary>
    public long[]? Balances { get; set; }

    /// <summary>What was moved, where that is for the statement to say and it was posted.</summary>
    public decimal? Amount { get; set; }

    /// <summary>When it was posted, if it was.</summary>
    public DateTimeOffset? CreatedAt { get; set; }
}

namespace Bank.Infrastructure.Ledger;

/// <summary>
/// A row of a posting query: the result of one command of the group. The same row comes from
/// <c>idempotency_keys</c> for a replay, and from the ledger for a command that was in doubt.
/// </summary>
sealed class PostingRow
{
    /// <summary>
    /// The outcome of a command that was posted; every other outcome is the code of a problem.
    /// </summary>
    public const string Posted = "posted";

    /// <summary>The command's position in the group, from 1.</summary>
    public long Ordinal { get; set; }

    /// <summary>
    /// <see cref="Posted"/> or the code of a problem; null for a command that is requeued, and for a key that
    /// belongs to another request.
    /// </summary>
    public string? Outcome { get; set; }

    /// <summary>Whether the command's key existed before, so that its first result has to be read.</summary>
    public bool IsReplay { get; set; }

    /// <summary>
    /// The account that an undecided command waits for: another session has locked it, or the command needs
    /// the money of an expired hold that is not freed yet. Otherwise null.
    /// </summary>
    public long? BusyId { get; set; }

    /// <summary>
    /// The id that the transaction has, or would have had; null where it is the command's own. For a batch,
    /// the first transaction's, or that of the refused one.
    /// </summary>
    public Guid? TransactionId { get; set; }

    /// <summary>Of a replay, the trace id of the original response.</summary>
    public string? TraceId { get; set; }

    /// <summary>The balance in the response, if money was moved.</summary>
    public decimal? Balance { get; set; }

    /// <summary>Of a batch, the payer's balance after each transaction, in cents.</summary>
    public long[]? Balances { get; set; }

    /// <summary>The amount that was moved.</summary>
    public decimal? Amount { get; set; }

    /// <summary>The time of the posting, if the command was posted.</summary>
    public DateTimeOffset? CreatedAt { get; set; }
}

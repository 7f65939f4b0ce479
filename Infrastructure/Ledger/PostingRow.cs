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

    /// <summary>The outcome of a command whose hold another session has locked.</summary>
    public const string HoldLocked = "hold_locked";

    /// <summary>
    /// The outcome of a debit that needs the money of a hold that has expired but is not freed yet.
    /// </summary>
    public const string HoldExpired = "hold_expired";

    /// <summary>The outcome of a command whose key another session has locked.</summary>
    public const string KeyLocked = "key_locked";

    /// <summary>The outcomes of commands that are neither posted nor refused.</summary>
    public static readonly string[] Undecided = [HoldLocked, HoldExpired, KeyLocked];

    /// <summary>The command's position in the group, from 1.</summary>
    public long Ordinal { get; set; }

    /// <summary>
    /// <see cref="Posted"/>, the code of a problem, or one of <see cref="Undecided"/>; null for a command
    /// that is requeued or waits for an account, and for a key that belongs to another request.
    /// </summary>
    public string? Outcome { get; set; }

    /// <summary>Whether the command's key existed before, so that its first result has to be read.</summary>
    public bool IsReplay { get; set; }

    /// <summary>
    /// The account that an undecided command waits for, because another session has locked it; of a batch
    /// also the account of an expired hold. Otherwise null.
    /// </summary>
    public long? BusyId { get; set; }

    /// <summary>
    /// The id that the transaction has, or would have had; null where it is the command's own. For a batch,
    /// the first transaction's, or that of the refused one.
    /// </summary>
    public Guid? TransactionId { get; set; }

    /// <summary>Of a replay, the trace id of the original response.</summary>
    public string? TraceId { get; set; }

    /// <summary>The balance in the response, in hundredths, if money was moved.</summary>
    public decimal? Balance { get; set; }

    /// <summary>Of a batch, the payer's balance after each transaction, in minor units.</summary>
    public long[]? Balances { get; set; }

    /// <summary>The amount that was moved, in hundredths.</summary>
    public decimal? Amount { get; set; }

    /// <summary>The time of the posting, if the command was posted.</summary>
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>Whether the command was neither posted nor refused, and has to be tried again.</summary>
    public bool IsUndecided => Outcome is null || Undecided.Contains(Outcome);
}

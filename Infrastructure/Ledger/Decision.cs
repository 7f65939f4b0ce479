using LinqToDB.Mapping;

namespace Bank.Infrastructure.Ledger;

/// <summary>What a statement answers for one command of its batch.</summary>
sealed class Decision<TOutcome>
    where TOutcome : struct, Enum
{
    /// <summary>The command's place in the batch, from 1.</summary>
    [Column("ordinal")]
    public long Ordinal { get; set; }

    /// <summary>
    /// The outcome; null when it hangs on commands before it and is to be decided in the next batch.
    /// </summary>
    [Column("outcome")]
    public TOutcome? Outcome { get; set; }

    /// <summary>Whether the command's key was claimed before, so that the first answer is due.</summary>
    [Column("is_repeat")]
    public bool IsRepeat { get; set; }

    /// <summary>The balance, after it, of the account that the caller looks from, if it was posted.</summary>
    [Column("balance")]
    public decimal? Balance { get; set; }

    /// <summary>When it was posted.</summary>
    [Column("created_at")]
    public DateTimeOffset? CreatedAt { get; set; }
}

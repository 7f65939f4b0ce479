namespace Bank.Infrastructure.Ledger;

/// <summary>What is asked of the ledger: money that leaves an account, reaches one, or both.</summary>
/// <param name="callerId">The id of the user who asks.</param>
/// <param name="from">The account that pays; null where the money comes from outside.</param>
/// <param name="to">The account that receives; null where the money goes outside.</param>
/// <param name="amount">What moves, in units of the currency with at most two decimals.</param>
/// <param name="reference">What it is for, in the words of whoever asks; null without any.</param>
abstract class MoneyCommand(
    long callerId, long? from, long? to, decimal amount, string? reference = null)
{
    public long CallerId { get; } = callerId;

    public long? From { get; } = from;

    public long? To { get; } = to;

    public decimal Amount { get; } = amount;

    public string? Reference { get; } = reference;

    /// <summary>How many transactions it posts, all of them or none.</summary>
    public virtual int Transactions => 1;

    /// <summary>Whether a statement of its kind decides one command, not several.</summary>
    public virtual bool GoesAlone => false;

    /// <summary>The accounts that it touches.</summary>
    public virtual IEnumerable<long> Accounts
    {
        get
        {
            if (From is { } from)
                yield return from;

            if (To is { } to)
                yield return to;
        }
    }

    /// <summary>An id for its transaction, a UUIDv7; of several, for the first.</summary>
    public virtual Guid NewId() => Guid.CreateVersion7();

    /// <summary>How its caller finds out what became of it when that could not be told.</summary>
    /// <param name="id">The id that it has, and that its transaction, or the first of them, gets.</param>
    public virtual string HowToAsk(Guid id) => LedgerProblems.HowToAsk(id);
}

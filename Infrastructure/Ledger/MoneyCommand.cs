using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Ledger;

/// <summary>A request to the ledger: money that leaves an account, enters one, or both.</summary>
/// <param name="Query">The query that posts it.</param>
/// <param name="CallerId">The id of the user who sends the request.</param>
/// <param name="From">The account that pays; null where the money comes from outside.</param>
/// <param name="To">The account that receives; null where the money goes outside.</param>
/// <param name="Amount">
/// The amount in units of the currency, with at most its decimals; 0 where the query works it out.
/// </param>
/// <param name="Reference">The text that says what it is for; null without one.</param>
record MoneyCommand(
    IMoneyQuery Query, long CallerId, long? From, long? To, decimal Amount, string? Reference = null)
{
    /// <summary>The currency of the amount, which its accounts must have.</summary>
    public Currency Currency { get; init; } = Currency.None;

    /// <summary>The id of the hold that it captures or releases; null for every other command.</summary>
    public Guid? HoldId { get; init; }

    /// <summary>The id of the transaction that it refunds; null for every other command.</summary>
    public Guid? RefundOf { get; init; }

    /// <summary>How many transactions it posts: all of them or none.</summary>
    public virtual int TransactionCount => 1;

    /// <summary>Whether its query posts one command at a time instead of a group.</summary>
    public virtual bool GoesAlone => false;

    /// <summary>The accounts that it touches.</summary>
    public virtual IEnumerable<long> AccountIds
    {
        get
        {
            if (From is { } from)
                yield return from;

            if (To is { } to)
                yield return to;
        }
    }

    /// <summary>A new id for its transaction, a UUIDv7; for several, the first one's.</summary>
    public virtual Guid NewId() => TransactionIds.New();

    /// <summary>The transactions that it posted; none where it moved no money.</summary>
    /// <param name="id">The id of the transaction, or of the first one.</param>
    /// <param name="row">The result of the query.</param>
    public virtual IReadOnlyList<Transaction> TransactionsOf(Guid id, PostingRow row) =>
        row is { Balance: { } balance, CreatedAt: { } createdAt }
            ? [new(
                null, id, From, To,
                row.Amount is { } amount ? Currency.FromHundredths(amount) : Currency.Write(Amount),
                Currency.Code, Currency.FromHundredths(balance), createdAt, Reference, HoldId, RefundOf)]
            : [];

    /// <summary>
    /// Of a command that posts several transactions, the one that was refused, as a command of its own.
    /// </summary>
    /// <param name="id">The id that the refused transaction would have had.</param>
    public virtual MoneyCommand RefusedPart(Guid id) => this;

    /// <summary>Of a command that posts several transactions, the one that was refused, from 0.</summary>
    /// <param name="id">The id that the refused transaction would have had.</param>
    public virtual int? IndexOf(Guid id) => null;

    /// <summary>
    /// How the caller finds out whether it was posted when the database did not confirm it.
    /// </summary>
    /// <param name="id">The id that its transaction gets, or the first of them.</param>
    public virtual string OutcomeHint(Guid id) => LedgerProblems.OutcomeHint(id);
}

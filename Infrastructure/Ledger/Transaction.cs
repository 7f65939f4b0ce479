using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Ledger;

/// <summary>A transaction, as one of its accounts sees it.</summary>
/// <param name="Sequence">In a history, its number in the account's gapless count from 1.</param>
/// <param name="Id">The transaction's id.</param>
/// <param name="From">The account that paid; absent on a deposit.</param>
/// <param name="To">The account that received; absent on a withdrawal.</param>
/// <param name="Amount">The amount that was moved.</param>
/// <param name="Currency">The currency of the amounts; absent without one.</param>
/// <param name="Balance">
/// The balance of the caller's account after it: the payer's if the caller owns both accounts, but the
/// payee's for a captured hold.
/// </param>
/// <param name="CreatedAt">When the transaction was posted.</param>
/// <param name="Reference">The purpose of the transaction; absent if none was given.</param>
/// <param name="Hold">The id of the captured hold; absent on every other transaction.</param>
/// <param name="RefundOf">The id of the refunded transaction; absent on every other transaction.</param>
record Transaction(
    long? Sequence, Guid Id, long? From, long? To, decimal Amount, string? Currency, decimal Balance,
    DateTimeOffset CreatedAt, string? Reference = null, Guid? Hold = null, Guid? RefundOf = null) : IAmounts
{
    /// <summary>For derived records, whose members a query sets.</summary>
    protected Transaction()
        : this(null, Guid.Empty, null, null, 0, null, 0, default)
    {
    }

    object IAmounts.Convert(Func<decimal, decimal> convert) => Convert(convert);

    /// <summary>The same transaction with each amount converted.</summary>
    protected virtual Transaction Convert(Func<decimal, decimal> convert) =>
        this with { Amount = convert(Amount), Balance = convert(Balance) };
}

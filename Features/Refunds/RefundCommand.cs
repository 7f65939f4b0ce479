using Bank.Infrastructure.Ledger;

namespace Bank.Features.Refunds;

/// <summary>Sends what a transaction brought, or a part of it, back to where it came from.</summary>
/// <param name="originalId">The transaction's id.</param>
/// <param name="from">The account that received; null where the transaction has none.</param>
/// <param name="to">The account that paid; null where the transaction has none.</param>
/// <param name="amount">What goes back; null for all that is left.</param>
sealed class RefundCommand(
    long callerId, Guid originalId, long? from, long? to, decimal? amount, string? reference = null)
    : MoneyCommand(callerId, from, to, amount ?? AllThatIsLeft, reference)
{
    /// <summary>No amount that anybody could ask for.</summary>
    const decimal AllThatIsLeft = 0;

    public Guid OriginalId { get; } = originalId;
}

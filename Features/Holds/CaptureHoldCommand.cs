using Bank.Infrastructure.Ledger;

namespace Bank.Features.Holds;

/// <summary>Moves the money of a hold, or a part of it, to the account that it is for.</summary>
/// <param name="held">What the hold set aside.</param>
sealed class CaptureHoldCommand(
    long callerId, Guid holdId, long from, long to, decimal held, decimal amount, string? reference = null)
    : MoneyCommand(callerId, from, to, amount, reference)
{
    public Guid HoldId { get; } = holdId;

    public decimal Held { get; } = held;
}

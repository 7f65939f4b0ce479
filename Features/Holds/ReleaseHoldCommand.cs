using Bank.Infrastructure.Ledger;

namespace Bank.Features.Holds;

/// <summary>Gives the money of a hold free again.</summary>
sealed class ReleaseHoldCommand(long callerId, Guid holdId, long from, long to, decimal amount)
    : MoneyCommand(callerId, from, to, amount)
{
    public Guid HoldId { get; } = holdId;

    public override string HowToAsk(Guid id) => HoldProblems.HowToAskOfRelease(HoldId);
}

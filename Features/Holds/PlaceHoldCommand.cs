using Bank.Infrastructure.Ledger;

namespace Bank.Features.Holds;

/// <summary>Sets money of the caller's account aside for another account.</summary>
/// <param name="expiresIn">After how many seconds it is over.</param>
sealed class PlaceHoldCommand(
    long callerId, long from, long to, decimal amount, int expiresIn, string? reference = null)
    : MoneyCommand(callerId, from, to, amount, reference)
{
    public int ExpiresIn { get; } = expiresIn;

    public override string HowToAsk(Guid id) => HoldProblems.HowToAsk(id);
}

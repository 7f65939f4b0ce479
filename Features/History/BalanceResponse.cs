using Bank.Infrastructure.Data;

namespace Bank.Features.History;

/// <summary>An account's balance at a moment.</summary>
/// <param name="AccountId">The account's id.</param>
/// <param name="At">The moment.</param>
/// <param name="Currency">The currency of the balance; absent without one.</param>
/// <param name="Balance">The balance after everything posted at that moment or before.</param>
/// <param name="Sequence">The account's count of transactions at that moment; 0 before the first.</param>
sealed record BalanceResponse(
    long AccountId, DateTimeOffset At, string? Currency, decimal Balance, long Sequence) : IAmounts
{
    object IAmounts.Convert(Func<decimal, decimal> convert) => this with { Balance = convert(Balance) };
}

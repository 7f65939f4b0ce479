using Bank.Infrastructure.Ledger;

namespace Bank.Features.Withdrawals;

/// <summary>Pays money out of one of the caller's accounts.</summary>
sealed class WithdrawalCommand(
    long callerId, long from, decimal amount, string? reference = null)
    : MoneyCommand(callerId, from, null, amount, reference);

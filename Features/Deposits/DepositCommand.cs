using Bank.Infrastructure.Ledger;

namespace Bank.Features.Deposits;

/// <summary>Pays money from outside into one of the caller's accounts.</summary>
sealed class DepositCommand(
    long callerId, long to, decimal amount, string? reference = null)
    : MoneyCommand(callerId, null, to, amount, reference);

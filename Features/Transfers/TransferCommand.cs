using Bank.Infrastructure.Ledger;

namespace Bank.Features.Transfers;

/// <summary>Moves money from the caller's account to any other account.</summary>
sealed class TransferCommand(
    long callerId, long from, long to, decimal amount, string? reference = null)
    : MoneyCommand(callerId, from, to, amount, reference);

using Bank.Infrastructure.Problems;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Transfers;

/// <summary>The problems of a transfer.</summary>
static class TransferProblems
{
    public static Problem[] All { get; } =
    [
        SourceNotFound, TargetNotFound, AccountClosed, CurrencyMismatch, InsufficientFunds,
        BalanceLimitExceeded,
    ];
}

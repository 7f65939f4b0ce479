using Bank.Infrastructure.Problems;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Transfers;

/// <summary>What transfers are refused for.</summary>
static class TransferProblems
{
    public static Problem[] All { get; } =
        [SourceNotFound, TargetNotFound, AccountClosed, InsufficientFunds, BalanceLimitExceeded];
}

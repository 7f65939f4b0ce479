using Bank.Infrastructure.Problems;
using static Bank.Infrastructure.Ledger.LedgerRefusals;

namespace Bank.Features.Transfers;

/// <summary>What transfers are refused for.</summary>
static class TransferRefusals
{
    public static Problem[] All { get; } =
        [SourceNotFound, TargetNotFound, AccountClosed, InsufficientFunds, BalanceLimitExceeded];
}

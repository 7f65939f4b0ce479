using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;

namespace Bank.Features.LiveHistory;

/// <summary>Problems that only live histories have.</summary>
static class LiveHistoryProblems
{
    /// <summary>The client has the whole history of a closed account.</summary>
    public static Problem HistoryClosed { get; } = LedgerProblems.AccountClosed with
    {
        Detail = "The account is closed. You have all of its transactions.",
    };
}

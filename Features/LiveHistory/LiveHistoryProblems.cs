using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;

namespace Bank.Features.LiveHistory;

/// <summary>Problems that only live histories have.</summary>
static class LiveHistoryProblems
{
    /// <summary>All of a history was told, and there will be no more.</summary>
    public static Problem HistoryClosed { get; } = LedgerProblems.AccountClosed with
    {
        Detail = "The account was closed, and all that was posted on it has been told.",
    };
}

using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;

namespace Bank.Features.History;

/// <summary>What only histories refuse.</summary>
static class HistoryRefusals
{
    public static Problem NotAcceptable { get; } = new(
        Status406NotAcceptable, "not_acceptable", "Not acceptable",
        "There is no statement in a media type that Accept asks for; the operation lists what there is.");

    /// <summary>All of a history was told, and there will be no more.</summary>
    public static Problem HistoryClosed { get; } = LedgerRefusals.AccountClosed with
    {
        Detail = "The account was closed, and all that was posted on it has been told.",
    };
}

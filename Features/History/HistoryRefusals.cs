using Bank.Infrastructure.Problems;

namespace Bank.Features.History;

/// <summary>What only the slices of the history refuse.</summary>
static class HistoryRefusals
{
    public static Problem TransactionNotFound { get; } = new(
        Status404NotFound, "transaction_not_found", "Transaction not found",
        "You have no account on either side of a transaction with this id.");
}

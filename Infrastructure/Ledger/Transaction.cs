using System.Text.Json.Serialization;

namespace Bank.Infrastructure.Ledger;

/// <summary>A transaction in the history of an account.</summary>
/// <param name="Sequence">The account's own count of transactions, from 1 and without gaps.</param>
/// <param name="Id">The transaction's id.</param>
/// <param name="From">The account that paid; absent on a deposit.</param>
/// <param name="To">The account that received; absent on a withdrawal.</param>
/// <param name="Amount">What was moved.</param>
/// <param name="Balance">What the account holds after it.</param>
/// <param name="CreatedAt">When it was posted.</param>
/// <param name="Reference">What it is for; absent where nothing was said.</param>
/// <param name="Hold">The id of the hold that was captured; absent on all else.</param>
/// <param name="RefundOf">The id of the transaction that a refund sends back; absent on all else.</param>
sealed record Transaction(
    long? Sequence, Guid Id, long? From, long? To, decimal Amount, decimal Balance, DateTimeOffset CreatedAt,
    string? Reference = null, Guid? Hold = null, Guid? RefundOf = null)
{
    /// <summary>Which of the pages of a statement it is on, from 1.</summary>
    [JsonIgnore]
    public long Ordinal { get; init; }

    /// <summary>
    /// Takes what a statement read apart into its pages: null where there is no row, and empty where the row
    /// is without a transaction.
    /// </summary>
    /// <param name="rows">All of it, in the order of the pages.</param>
    /// <param name="pages">How many pages were asked for.</param>
    public static Transaction[]?[] ByOrdinal(Transaction[] rows, int pages)
    {
        var read = new Transaction[]?[pages];

        for (int start = 0, end; start < rows.Length; start = end)
        {
            for (end = start + 1; end < rows.Length && rows[end].Ordinal == rows[start].Ordinal; end++)
            {
            }

            read[rows[start].Ordinal - 1] = rows[start].Sequence > 0 ? rows[start..end] : [];
        }

        return read;
    }
}

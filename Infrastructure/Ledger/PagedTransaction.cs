using System.Text.Json.Serialization;

namespace Bank.Infrastructure.Ledger;

/// <summary>A transaction in the result of a query that reads several pages at once.</summary>
sealed record PagedTransaction : Transaction
{
    /// <summary>The number of its page, from 1.</summary>
    [JsonIgnore]
    public long Ordinal { get; init; }

    /// <summary>
    /// Splits the rows of a query into pages. A page without a row is null, and one whose only row has no
    /// transaction is empty.
    /// </summary>
    /// <param name="rows">The rows, sorted by page.</param>
    /// <param name="pages">The number of pages that the query was asked for.</param>
    public static Transaction[]?[] Split(PagedTransaction[] rows, int pages)
    {
        var split = new Transaction[]?[pages];

        for (int start = 0, end; start < rows.Length; start = end)
        {
            var ordinal = rows[start].Ordinal;

            for (end = start + 1; end < rows.Length && rows[end].Ordinal == ordinal; end++)
            {
            }

            split[ordinal - 1] = rows[start].Sequence is null ? [] : [.. rows[start..end]];
        }

        return split;
    }
}

using System.Text.Json.Serialization;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.History;

/// <summary>
/// Searches a history. An index finds transactions by their reference. Amounts and counterparties have none,
/// because it would cost every transfer, so a page looks at 10,000 transactions at most. Such a page may
/// be short or empty, and the next one begins where it ended.
/// </summary>
sealed class SearchHistoryQuery(BankDb db)
{
    const string AccountSql =
        """
        SELECT currency
        FROM accounts
        WHERE id = @accountId AND user_id = @userId
        """;

    const string OldestFirst =
        """
        -- The transactions to look at. Their place says when the limit is reached.
        looked AS (
            SELECT *, row_number() OVER (ORDER BY sequence) AS place
            FROM history
            WHERE account_id = @accountId
              AND sequence BETWEEN @low AND @high
              AND direction = coalesce(@direction::text, direction)
            ORDER BY sequence
            LIMIT 10000
        ),

        """;

    const string NewestFirst =
        """
        -- The transactions to look at. Their place says when the limit is reached.
        looked AS (
            SELECT *, row_number() OVER (ORDER BY sequence DESC) AS place
            FROM history
            WHERE account_id = @accountId
              AND sequence BETWEEN @low AND @high
              AND direction = coalesce(@direction::text, direction)
            ORDER BY sequence DESC
            LIMIT 10000
        ),

        """;

    const string OldestFirstByReference =
        """
        -- The transactions to look at, by the indexes of references. Their place says when the limit is
        -- reached.
        looked AS (
            SELECT *, row_number() OVER (ORDER BY sequence) AS place
            FROM history
            WHERE account_id = @accountId
              AND reference COLLATE "C" = @reference
              AND sequence BETWEEN @low AND @high
              AND direction = coalesce(@direction::text, direction)
            ORDER BY sequence
            LIMIT 10000
        ),

        """;

    const string NewestFirstByReference =
        """
        -- The transactions to look at, by the indexes of references. Their place says when the limit is
        -- reached.
        looked AS (
            SELECT *, row_number() OVER (ORDER BY sequence DESC) AS place
            FROM history
            WHERE account_id = @accountId
              AND reference COLLATE "C" = @reference
              AND sequence BETWEEN @low AND @high
              AND direction = coalesce(@direction::text, direction)
            ORDER BY sequence DESC
            LIMIT 10000
        ),

        """;

    const string Judged =
        """
        judged AS (
            SELECT *,
                   amount BETWEEN @minAmount AND @maxAmount
                       AND (@counterparty::bigint IS NULL
                            OR CASE direction WHEN 'out' THEN "to" ELSE "from" END
                                IS NOT DISTINCT FROM @counterparty::bigint) AS is_match,
                   place = 10000 AS is_last
            FROM looked
        )
        -- The last transaction of all that may be looked at is there even if it does not match: the next page
        -- begins after it.
        SELECT sequence, id, "from", "to", amount,
               (SELECT currency FROM accounts WHERE id = @accountId) AS currency,
               balance, created_at, reference, hold, refund_of, is_match, is_last
        FROM judged
        WHERE is_match OR is_last

        """;

    const string Ascending = "ORDER BY sequence LIMIT @size";

    const string Descending = "ORDER BY sequence DESC LIMIT @size";

    const string OldestFirstSql = "WITH" + TransactionSql.History + OldestFirst + Judged + Ascending;

    const string NewestFirstSql = "WITH" + TransactionSql.History + NewestFirst + Judged + Descending;

    const string OldestFirstByReferenceSql =
        "WITH" + TransactionSql.History + OldestFirstByReference + Judged + Ascending;

    const string NewestFirstByReferenceSql =
        "WITH" + TransactionSql.History + NewestFirstByReference + Judged + Descending;

    /// <summary>The page; null if the account does not exist or belongs to another user.</summary>
    /// <param name="page">The page. Its period is ignored: its range must be that of the period.</param>
    /// <param name="search">What to find.</param>
    /// <param name="ct">Cancels the search.</param>
    public async Task<HistoryFindings?> FindAsync(
        HistoryPage page, HistorySearch search, CancellationToken ct)
    {
        var (accountId, userId, order, low, high, size, _, _, direction) = page;

        if (await db.QuerySingleOrDefaultAsync<SearchedAccount>(
            AccountSql, new { accountId, userId }, ct) is not { } account)
            return null;

        var currency = Currencies.From(account.Currency);

        var (reference, counterparty) = (search.Reference, search.Counterparty);
        var minAmount = UnitsOf(search.MinAmount ?? 0, currency, MidpointRounding.ToPositiveInfinity);
        var maxAmount = UnitsOf(search.MaxAmount ?? decimal.MaxValue, currency, MidpointRounding.ToZero);
        var found = await db.QueryAsync<Finding>(
            SqlOf(order, reference),
            new { accountId, reference, low, high, size, direction, minAmount, maxAmount, counterparty }, ct);

        // The last row of a full page shows only that there is a next one.
        var limit = size - 1;
        var last = found.Length > limit ? found[limit - 1] : found.LastOrDefault(finding => finding.IsLast);

        return new HistoryFindings([.. found.Take(limit).Where(finding => finding.IsMatch)], last?.Sequence);
    }

    static string SqlOf(HistoryOrder order, string? reference) => (order, reference) switch
    {
        (HistoryOrder.OldestFirst, null) => OldestFirstSql,
        (HistoryOrder.NewestFirst, null) => NewestFirstSql,
        (HistoryOrder.OldestFirst, _) => OldestFirstByReferenceSql,
        (HistoryOrder.NewestFirst, _) => NewestFirstByReferenceSql,
    };

    /// <summary>
    /// The minor units of a limit, which may have more digits and decimals than the account's currency.
    /// </summary>
    static long UnitsOf(decimal limit, Currency currency, MidpointRounding rounding) =>
        limit > currency.MaxAmount
            ? long.MaxValue
            : currency.ToMinorUnits(decimal.Round(limit, currency.Decimals, rounding));

    sealed record SearchedAccount(string? Currency);

    /// <summary>A transaction that matches or is the last one that was looked at, or both.</summary>
    sealed record Finding : Transaction
    {
        [JsonIgnore]
        public bool IsMatch { get; init; }

        [JsonIgnore]
        public bool IsLast { get; init; }
    }
}

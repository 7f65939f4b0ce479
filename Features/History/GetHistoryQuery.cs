using Bank.Infrastructure.Data;

namespace Bank.Features.History;

/// <summary>
/// Reads one page of an account's history. An account's sequence has no gaps, so that a page is a range of
/// it, read as two index scans, of what was paid and of what was received. The cost is that of the page,
/// however long the history.
/// </summary>
sealed class GetHistoryQuery(BankDb db)
{
    const string Sql =
        """
        -- The last of the sequences that are asked for, and as many before it as the page has.
        WITH page AS (
            SELECT id AS account_id,
                   greatest(@low, least(@high, version) - @limit + 1) AS low,
                   least(@high, version) AS high
            FROM accounts
            WHERE id = @id AND user_id = @userId
        )
        -- The account's row comes even without transactions, so that an empty history is not a missing
        -- account. The limits take nothing away, but tell the planner how small the range is.
        SELECT item.*
        FROM page
        LEFT JOIN LATERAL (
            (
                SELECT from_version AS Sequence, id, from_account_id AS "From", to_account_id AS "To",
                       amount, from_balance AS Balance, created_at AS CreatedAt, reference,
                       hold_id AS Hold
                FROM transactions
                WHERE from_account_id = account_id AND from_version BETWEEN low AND high
                ORDER BY from_version
                LIMIT @limit
            )
            UNION ALL
            (
                SELECT to_version, id, from_account_id, to_account_id, amount, to_balance, created_at,
                       reference, hold_id
                FROM transactions
                WHERE to_account_id = account_id AND to_version BETWEEN low AND high
                ORDER BY to_version
                LIMIT @limit
            )
        ) AS item ON true
        ORDER BY item.Sequence
        """;

    /// <summary>A page and one item more, if there is one; null when the account is not the user's.</summary>
    public async Task<HistoryItem[]?> ReadAsync(GetHistoryRequest request, long userId, CancellationToken ct)
    {
        var limit = request.Limit + 1;
        var isOldestFirst = request.Direction() == HistoryOrder.Asc;
        var after = Math.Clamp(
            request.After() ?? (isOldestFirst ? 0 : long.MaxValue), 0, long.MaxValue - limit);
        var (low, high) = isOldestFirst ? (after + 1, after + limit) : (1, after - 1);

        var rows = await db.QueryToArrayAsync<HistoryItem>(
            Sql, new { id = request.Id, userId, low, high, limit }, ct);

        if (!isOldestFirst)
            Array.Reverse(rows);

        return rows.Length == 0 ? null : Array.FindAll(rows, row => row.Sequence > 0);
    }
}

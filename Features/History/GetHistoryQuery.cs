using Bank.Infrastructure.Data;
using LinqToDB.Data;

namespace Bank.Features.History;

/// <summary>
/// Reads one page of an account's history as two ordered index scans, of what it paid and of what it
/// received, merged. The cost is that of the page, however long the history.
/// </summary>
sealed class GetHistoryQuery(BankDb db)
{
    const string OldestFirstSql =
        """
        -- The account's row comes even without transactions, so that an empty history is not a missing
        -- account.
        SELECT page.*
        FROM accounts
        LEFT JOIN LATERAL (
            (
                SELECT from_version AS Sequence, id, from_account_id AS "From", to_account_id AS "To",
                       amount, from_balance AS Balance, created_at AS CreatedAt
                FROM transactions
                WHERE from_account_id = accounts.id AND from_version > @after
                ORDER BY from_version
                LIMIT @limit
            )
            UNION ALL
            (
                SELECT to_version, id, from_account_id, to_account_id, amount, to_balance, created_at
                FROM transactions
                WHERE to_account_id = accounts.id AND to_version > @after
                ORDER BY to_version
                LIMIT @limit
            )
            ORDER BY Sequence
            LIMIT @limit
        ) AS page ON true
        WHERE accounts.id = @id AND accounts.user_id = @userId
        ORDER BY page.Sequence
        """;

    const string NewestFirstSql =
        """
        SELECT page.*
        FROM accounts
        LEFT JOIN LATERAL (
            (
                SELECT from_version AS Sequence, id, from_account_id AS "From", to_account_id AS "To",
                       amount, from_balance AS Balance, created_at AS CreatedAt
                FROM transactions
                WHERE from_account_id = accounts.id AND from_version < @after
                ORDER BY from_version DESC
                LIMIT @limit
            )
            UNION ALL
            (
                SELECT to_version, id, from_account_id, to_account_id, amount, to_balance, created_at
                FROM transactions
                WHERE to_account_id = accounts.id AND to_version < @after
                ORDER BY to_version DESC
                LIMIT @limit
            )
            ORDER BY Sequence DESC
            LIMIT @limit
        ) AS page ON true
        WHERE accounts.id = @id AND accounts.user_id = @userId
        ORDER BY page.Sequence DESC
        """;

    /// <summary>A page and one item more, if there is one; null when the account is not the user's.</summary>
    public async Task<HistoryItem[]?> ReadAsync(GetHistoryRequest request, long userId, CancellationToken ct)
    {
        var isOldestFirst = request.Direction() == HistoryOrder.Asc;
        var rows = await db.QueryToArrayAsync<HistoryItem>(
            isOldestFirst ? OldestFirstSql : NewestFirstSql,
            new
            {
                id = request.Id,
                userId,
                after = request.After() ?? (isOldestFirst ? 0 : long.MaxValue),
                limit = request.Limit + 1,
            },
            ct);

        return rows.Length == 0 ? null : Array.FindAll(rows, row => row.Sequence > 0);
    }
}

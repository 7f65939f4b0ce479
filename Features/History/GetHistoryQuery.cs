using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.History;

/// <summary>
/// Reads one page of an account's history, as two index scans in its order, of what was paid and of what was
/// received, neither of which reads more than the page has. The cost is that of the page, however long the
/// history, in one direction too.
/// </summary>
sealed class GetHistoryQuery(BankDb db, HistoryPagesQuery pages)
{
    const string OldestFirstSql =
        Page + TransactionSql.Paid + IfPaid
        + "ORDER BY from_version LIMIT @limit) UNION ALL (" + TransactionSql.Received + IfReceived
        + "ORDER BY to_version LIMIT @limit) ORDER BY sequence LIMIT @limit) AS item ON true "
        + "ORDER BY item.sequence";

    const string NewestFirstSql =
        Page + TransactionSql.Paid + IfPaid
        + "ORDER BY from_version DESC LIMIT @limit) UNION ALL (" + TransactionSql.Received + IfReceived
        + "ORDER BY to_version DESC LIMIT @limit) ORDER BY sequence DESC LIMIT @limit) AS item ON true "
        + "ORDER BY item.sequence DESC";

    const string Page =
        """
        WITH RECURSIVE asked AS (
            SELECT id AS account_id, version, posted_at, edge, moment
            FROM accounts
            CROSS JOIN LATERAL (VALUES
                ('since', coalesce(@since::timestamptz, '-infinity')),
                ('until', coalesce(@until::timestamptz, 'infinity'))
            ) AS bound (edge, moment)
            WHERE id = @id AND user_id = @userId
        ),
        """
        + TransactionSql.FindPositions +
        """
        ,
        page AS (
            SELECT account_id,
                   greatest(@low, 1 + max(sequence) FILTER (WHERE edge = 'since')) AS low,
                   least(@high, max(sequence) FILTER (WHERE edge = 'until')) AS high
            FROM position
            GROUP BY account_id
        )
        -- The account's row comes even without transactions, so that an empty history is not a missing
        -- account.
        SELECT item.*
        FROM page
        LEFT JOIN LATERAL ((
        """;

    const string IfPaid = " AND @direction::text IS DISTINCT FROM 'in' ";

    const string IfReceived = " AND @direction::text IS DISTINCT FROM 'out' ";

    /// <summary>A page and one item more, if there is one; null when the account is not the user's.</summary>
    public async Task<Transaction[]?> ReadAsync(GetHistoryRequest request, long userId, CancellationToken ct)
    {
        var (id, limit, _, _, since, until, direction) = request;
        var isOldestFirst = request.Ordering() == HistoryOrder.Asc;
        var size = limit + 1;
        var after = Math.Clamp(request.After() ?? (isOldestFirst ? 0 : long.MaxValue), 0, long.MaxValue - size);
        var (low, high) = isOldestFirst ? (after + 1, long.MaxValue) : (1, after - 1);

        if (since is null && until is null && direction is null && size <= HistoryPagesQuery.LargestPage)
            return await ReadSharedAsync(new HistoryPage(id, userId, low, high, size), isOldestFirst, ct);

        return await ReadAsync(
            isOldestFirst ? OldestFirstSql : NewestFirstSql,
            new { id, userId, since, until, direction, low, high, limit = size }, ct);
    }

    async Task<Transaction[]?> ReadSharedAsync(HistoryPage page, bool isOldestFirst, CancellationToken ct)
    {
        var rows = await pages.ReadAsync(
            isOldestFirst ? page with { High = Math.Min(page.High, page.Low + page.Size - 1) } : page, ct);

        if (!isOldestFirst && rows is not null)
            Array.Reverse(rows);

        return rows;
    }

    async Task<Transaction[]?> ReadAsync(string sql, object parameters, CancellationToken ct)
    {
        var rows = await db.QueryAsync<Transaction>(sql, parameters, ct);

        return rows.Length == 0 ? null : Array.FindAll(rows, row => row.Sequence > 0);
    }
}

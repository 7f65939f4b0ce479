using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.History;

/// <summary>
/// Reads whole pages of histories, those that are asked for at the same time in one statement: two thirds of the
/// database's time a page (60 against 95 µs, in statements of 16 pages of 20), and one round trip for all. An
/// account's sequence has no gaps, so that a page is a range of it.
/// </summary>
sealed class HistoryPagesQuery(BankDbPool dbs)
{
    /// <summary>The largest page, in transactions, that shares a statement: a larger one would hold up others.</summary>
    public const int LargestPage = 101;

    const int MostPages = 32;

    const string Sql =
        """
        -- Of a page of @sizes, the last of the sequences that are asked for, and those before it.
        SELECT ordinal, item.*
        FROM unnest(@ids, @userIds, @lows, @highs, @sizes) WITH ORDINALITY
             AS asked (asked_id, caller_id, lowest, highest, size, ordinal)
        JOIN accounts AS account ON account.id = asked_id AND user_id = caller_id
        CROSS JOIN LATERAL (
            SELECT asked_id AS account_id,
                   greatest(lowest, least(highest, version) - size + 1) AS low,
                   least(highest, version) AS high
        ) AS page
        -- The account's row comes even without transactions, so that an empty history is not a missing
        -- account. The limits take nothing away, but tell the planner how small the range is.
        LEFT JOIN LATERAL ((
        """
        + TransactionSql.Paid + " ORDER BY from_version LIMIT 101) UNION ALL ("
        + TransactionSql.Received + " ORDER BY to_version LIMIT 101)) AS item ON true ORDER BY ordinal, item.sequence";

    readonly ReadBatcher<HistoryPage, Transaction[]?> pages = new(asked => ReadAsync(dbs, asked), MostPages);

    /// <summary>A page, the oldest first; null when the account is not the user's.</summary>
    public Task<Transaction[]?> ReadAsync(HistoryPage page, CancellationToken ct) => pages.ReadAsync(page, ct);

    static async Task<Transaction[]?[]> ReadAsync(BankDbPool dbs, HistoryPage[] asked)
    {
        await using var db = dbs.Rent();
        var rows = await db.QueryAsync<Transaction>(
            Sql,
            new
            {
                ids = Array.ConvertAll(asked, page => page.AccountId),
                userIds = Array.ConvertAll(asked, page => page.UserId),
                lows = Array.ConvertAll(asked, page => page.Low),
                highs = Array.ConvertAll(asked, page => page.High),
                sizes = Array.ConvertAll(asked, page => page.Size),
            });

        return Transaction.ByOrdinal(rows, asked.Length);
    }
}

using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.LiveHistory;

/// <summary>
/// Reads what is new for listeners, for all of them in one statement: two index probes for each, and the
/// transactions of those who have any. Transactions of an account become visible in the order of its
/// sequence, since each holds its row until it is committed.
/// </summary>
sealed class LiveHistoryQuery(BankDbPool dbs)
{
    /// <summary>The most transactions that are read for a listener at once.</summary>
    public const int LargestPage = 100;

    const string Sql =
        """
        -- A row without a transaction says that nothing more will come: the account is closed and all of it
        -- told, the user left or has another password, or the ledger does not know what was told.
        SELECT ordinal, item.*
        FROM unnest(@ids, @userIds, @passwordHashes, @sequences) WITH ORDINALITY
             AS listener (listened_id, caller_id, caller_hash, told, ordinal)
        LEFT JOIN users ON users.id = caller_id AND password_hash = caller_hash AND removed_at IS NULL
        LEFT JOIN accounts AS account ON account.id = listened_id AND user_id = users.id AND version >= told
        CROSS JOIN LATERAL (
            SELECT account.id AS account_id, told + 1 AS low, least(version, told + 100) AS high
        ) AS page
        -- The limits take nothing away, but tell the planner how small the range is.
        LEFT JOIN LATERAL ((
        """
        + TransactionSql.Paid + " ORDER BY from_version LIMIT 100) UNION ALL ("
        + TransactionSql.Received + " ORDER BY to_version LIMIT 100)) AS item ON true "
        + "WHERE account.id IS NULL OR version > told OR closed_at IS NOT NULL "
        + "ORDER BY ordinal, item.sequence";

    /// <summary>
    /// For each listener the next page; null where nothing is new, and empty where nothing more will come.
    /// </summary>
    public async Task<Transaction[]?[]> ReadAsync(List<LiveHistorySubscriber> listeners)
    {
        await using var db = dbs.Rent();
        var rows = await db.QueryAsync<Transaction>(
            Sql,
            new
            {
                ids = Column(listeners, listener => listener.AccountId),
                userIds = Column(listeners, listener => listener.Caller.Id),
                passwordHashes = Column(listeners, listener => listener.Caller.PasswordHash),
                sequences = Column(listeners, listener => listener.Sequence),
            });

        return Transaction.ByOrdinal(rows, listeners.Count);
    }

    static T[] Column<T>(List<LiveHistorySubscriber> listeners, Func<LiveHistorySubscriber, T> value) =>
        [.. listeners.Select(value)];
}

using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;
using Npgsql;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>Finds out which of the commands in doubt committed.</summary>
static class FindCommittedQuery
{
    /// <summary>
    /// Terminates the sessions whose queries may still commit and waits until they have ended: only then a
    /// transaction that is not in the ledger will never be there. False when they did not end in time. A
    /// process id that another user's session has got in the meantime is left alone; a session of our own
    /// would only be lost and resolved in the same way.
    /// </summary>
    const string TerminateSql =
        """
        SELECT coalesce(bool_and(pg_terminate_backend(pid, @timeout)), true)
        FROM pg_stat_activity
        WHERE pid = ANY (@processIds)
          AND usename = current_user
          AND datname = current_database()
          AND pid <> pg_backend_pid()
        """;

    /// <summary>
    /// Reads the transactions that committed, and commits a logical message without content: where commits
    /// wait for a standby, this one is confirmed only after all earlier ones, which until then may be on this
    /// server alone.
    /// </summary>
    const string FindSql =
        """
        SELECT asked.ordinal, 'posted' AS outcome,
               CASE WHEN hold_id IS NOT NULL THEN to_balance ELSE coalesce(from_balance, to_balance) END
                   AS balance,
               transactions.amount,
               coalesce(transactions.created_at, placed.created_at, now()) AS created_at, balances
        FROM (SELECT pg_logical_emit_message(true, 'bank', '') AS message OFFSET 0) AS confirmed
        CROSS JOIN unnest(@ids) WITH ORDINALITY AS asked (id, ordinal)
        LEFT JOIN transactions ON transactions.id = asked.id
        LEFT JOIN holds AS placed ON placed.id = asked.id
        LEFT JOIN holds AS settled ON settled.settled_by = asked.id
        """
        + LedgerSql.PostedTogether +
        """
        WHERE confirmed.message IS NOT NULL
          AND coalesce(transactions.id, placed.id, settled.id) IS NOT NULL
        """;

    /// <summary>Returns a row for each of the commands that is in the ledger.</summary>
    /// <param name="db">A connection that commits each query.</param>
    /// <param name="processIds">The server processes of the lost sessions.</param>
    /// <param name="timeout">How long to wait for the end of each of them.</param>
    /// <param name="commands">The commands in doubt.</param>
    /// <exception cref="SessionTerminationException">
    /// A lost session has not ended, or cannot be terminated.
    /// </exception>
    public static async Task<PostingRow[]> FindAsync(
        BankDb db, int[] processIds, TimeSpan timeout, IReadOnlyCollection<PendingCommand> commands)
    {
        if (processIds.Length > 0)
            await TerminateAsync(db, processIds, timeout);

        return await db.QueryAsync<PostingRow>(
            FindSql, new { ids = commands.Select(command => command.Id).ToArray() });
    }

    static async Task TerminateAsync(BankDb db, int[] processIds, TimeSpan timeout)
    {
        try
        {
            if (!await db.QueryScalarAsync<bool>(
                TerminateSql, new { processIds, timeout = (long)timeout.TotalMilliseconds }))
                throw new SessionTerminationException("it does not react");
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new SessionTerminationException(refused.MessageText, refused);
        }
    }
}

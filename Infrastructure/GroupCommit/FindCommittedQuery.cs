using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;
using Npgsql;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>Finds out what became of the commands whose connection was lost.</summary>
static class FindCommittedQuery
{
    /// <summary>
    /// Ends the sessions that may still be running lost statements and waits until they have ended: only then
    /// is what is not in the ledger never going to be. False when they did not end in time. A process id that
    /// meanwhile belongs to someone else's session is left alone; one of our own would merely be lost and
    /// found like this.
    /// </summary>
    const string EndSessionsSql =
        """
        SELECT coalesce(bool_and(pg_terminate_backend(pid, @patience)), true)
        FROM pg_stat_activity
        WHERE pid = ANY (@processIds)
          AND usename = current_user
          AND datname = current_database()
          AND pid <> pg_backend_pid()
        """;

    /// <summary>
    /// Reads what landed, and commits a message that means nothing: where commits wait for a standby, this one
    /// is confirmed only after all that landed before it, which may be on this server alone until then.
    /// </summary>
    const string FindSql =
        """
        SELECT asked.ordinal, 'posted' AS outcome,
               CASE WHEN hold_id IS NOT NULL THEN to_balance ELSE coalesce(from_balance, to_balance) END
                   AS balance,
               transactions.amount,
               coalesce(transactions.created_at, placed.created_at, now()) AS created_at,
        """
        + LedgerSql.Balances +
        """

        FROM (SELECT pg_logical_emit_message(true, 'bank', '') AS message OFFSET 0) AS confirmed
        CROSS JOIN unnest(@ids) WITH ORDINALITY AS asked (id, ordinal)
        LEFT JOIN transactions ON transactions.id = asked.id
        LEFT JOIN holds AS placed ON placed.id = asked.id
        LEFT JOIN holds AS settled ON settled.settled_by = asked.id
        WHERE confirmed.message IS NOT NULL
          AND coalesce(transactions.id, placed.id, settled.id) IS NOT NULL
        """;

    /// <summary>Those of the commands that are in the ledger.</summary>
    /// <param name="db">A connection that commits what it is asked.</param>
    /// <param name="processIds">The lost sessions, on the server.</param>
    /// <param name="patience">How long each of them is waited for.</param>
    /// <param name="lost">The commands.</param>
    /// <exception cref="SessionTerminationException">A lost session has not ended, or cannot be ended.</exception>
    public static async Task<PostingRow[]> FindAsync(
        BankDb db, IReadOnlyCollection<int> processIds, TimeSpan patience, IReadOnlyCollection<PendingCommand> lost)
    {
        if (processIds.Count > 0)
            await EndSessionsAsync(db, processIds, patience);

        return await db.QueryAsync<PostingRow>(FindSql, new { ids = lost.Select(one => one.Id).ToArray() });
    }

    static async Task EndSessionsAsync(BankDb db, IReadOnlyCollection<int> processIds, TimeSpan patience)
    {
        var sessions = new { processIds = processIds.ToArray(), patience = (long)patience.TotalMilliseconds };

        try
        {
            if (!await db.QueryScalarAsync<bool>(EndSessionsSql, sessions))
                throw new SessionTerminationException("it does not react");
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new SessionTerminationException(refused.MessageText, refused);
        }
    }
}

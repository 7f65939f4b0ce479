using Bank.Infrastructure.Data;
using LinqToDB.Data;

namespace Bank.Infrastructure.Ledger;

/// <summary>Finds out what became of the commands whose connection was lost.</summary>
static class LandedQuery
{
    /// <summary>
    /// Ends the session that may still be running the lost statement and waits until it has ended: only then
    /// is what is not in the ledger never going to be. False when it did not end in time. A process id that
    /// meanwhile belongs to someone else's session is left alone; one of our own would merely be lost and
    /// found like this.
    /// </summary>
    const string EndSessionSql =
        """
        SELECT coalesce(bool_and(pg_terminate_backend(pid, 2000)), true)
        FROM pg_stat_activity
        WHERE pid = @processId
          AND usename = current_user
          AND datname = current_database()
          AND pid <> pg_backend_pid()
        """;

    const string FindSql =
        """
        SELECT asked.ordinal, 'posted' AS outcome,
               coalesce(from_balance, to_balance) AS balance, created_at
        FROM unnest(@ids) WITH ORDINALITY AS asked (id, ordinal)
        JOIN transactions ON transactions.id = asked.id
        """;

    /// <summary>Those of the commands that are in the ledger.</summary>
    /// <exception cref="TimeoutException">The lost session has not ended yet.</exception>
    public static async Task<Decision[]> FindAsync(BankDb db, int processId, IReadOnlyList<Pending> lost)
    {
        if (processId != 0 && !await db.ExecuteAsync<bool>(EndSessionSql, new { processId }))
            throw new TimeoutException("The lost session has not ended yet.");

        return await db.QueryToArrayAsync<Decision>(FindSql, new { ids = lost.Select(one => one.Id).ToArray() });
    }
}

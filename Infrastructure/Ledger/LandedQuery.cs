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
        SELECT id, coalesce(from_balance, to_balance) AS balance, created_at
        FROM transactions
        WHERE id = ANY (@ids)
        """;

    /// <exception cref="TimeoutException">The lost session has not ended yet.</exception>
    public static async Task<Dictionary<Guid, Landed>> FindAsync(BankDb db, int processId, Guid[] ids)
    {
        if (processId != 0 && !await db.ExecuteAsync<bool>(EndSessionSql, new { processId }))
            throw new TimeoutException("The lost session has not ended yet.");

        var landed = await db.QueryToArrayAsync<Landed>(FindSql, new { ids });
        return landed.ToDictionary(transaction => transaction.Id);
    }
}

using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.ApiKeys;

/// <summary>
/// Stores the day on which keys were last used. It waits neither for locked rows, which the next use
/// stores, nor for its commit, which nobody depends on.
/// </summary>
sealed class MarkKeysUsedQuery(BankDbPool dbs)
{
    const string Sql =
        """
        WITH used AS (
            SELECT id
            FROM keys
            WHERE id = ANY (@ids)
              AND (last_used_at IS NULL OR last_used_at < @day)
            FOR NO KEY UPDATE SKIP LOCKED
        )
        UPDATE keys
        SET last_used_at = @day
        FROM used,
             (SELECT set_config('synchronous_commit', 'off', true)) AS session
        WHERE keys.id = used.id
        """;

    /// <param name="ids">The keys.</param>
    /// <param name="day">The day, at midnight UTC.</param>
    public async Task ExecuteAsync(long[] ids, DateTimeOffset day)
    {
        await using var db = dbs.Rent();
        await db.ExecuteChangeAsync(Sql, new { ids, day });
    }
}

using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Ledger;

/// <summary>
/// Finds a settled moment: every transaction before it is visible to any later query. An uncommitted
/// transaction already has its time, and must not appear before a moment that was reported as settled. This
/// holds as long as the database's clock does not go back.
/// </summary>
sealed class SettledMomentQuery(BankDb db)
{
    const string Sql =
        """
        -- A posting takes its time after its query began and after it got a transaction id. So the start of
        -- the oldest session with a transaction id is settled. Sessions of other roles hide when they began,
        -- and may post at any time: then there is no settled moment. Background processes, such as
        -- autovacuum, post nothing.
        SELECT CASE WHEN count(*) = count(xact_start) THEN least(now(), min(xact_start)) END
        FROM pg_stat_activity
        WHERE datname = current_database()
          AND usesysid IS NOT NULL
          AND backend_xid IS NOT NULL
        """;

    /// <summary>The moment, by the database's clock; null if it is unknown.</summary>
    public Task<DateTimeOffset?> ReadAsync(CancellationToken ct) =>
        db.QueryScalarAsync<DateTimeOffset?>(Sql, null, ct);
}

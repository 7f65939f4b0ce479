using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Ledger;

/// <summary>
/// Finds a moment before which every transaction can be seen by who looks afterwards. A transaction that is not
/// committed yet has a time already, which no later look at the ledger may find before a moment that was told
/// to be over. It holds for as long as the database's clock does not go back.
/// </summary>
sealed class SettledMomentQuery(BankDb db)
{
    /// <summary>
    /// A posting takes its time after its statement began and after it got an id to lock with. A session of
    /// another role, whose beginning this one is not shown, may have begun to post at any time. What is nobody's
    /// session, such as a vacuum, posts nothing.
    /// </summary>
    const string Sql =
        """
        SELECT CASE WHEN count(*) = count(xact_start) THEN least(now(), min(xact_start)) END
        FROM pg_stat_activity
        WHERE datname = current_database() AND usesysid IS NOT NULL AND backend_xid IS NOT NULL
        """;

    /// <summary>The moment, by the clock of the database; null if it cannot be told.</summary>
    public Task<DateTimeOffset?> ReadAsync(CancellationToken ct) =>
        db.QueryScalarAsync<DateTimeOffset?>(Sql, null, ct);
}

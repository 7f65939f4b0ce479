using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Idempotency;

/// <summary>
/// Removes keys whose time is over, a few pages of the table at a time, in the order in which they lie there:
/// nothing has to be kept up for it by those who claim keys, as an index would.
/// </summary>
sealed class ExpiredKeysQuery(BankDb db)
{
    const string PagesSql =
        """
        SELECT pg_relation_size('idempotency_keys') / current_setting('block_size')::bigint
        """;

    /// <summary>An instance has its turn for a step; another one's step then finds nothing to do.</summary>
    const string RemoveSql =
        """
        DELETE FROM idempotency_keys
        WHERE ctid >= format('(%s,0)', @first)::tid
          AND ctid < format('(%s,0)', @first + @pages)::tid
          AND created_at < @before
          AND (SELECT pg_try_advisory_xact_lock(@turn))
        """;

    /// <summary>The key of the advisory lock; any number that nothing else in the database uses.</summary>
    public const long Turn = 0x4B455953;

    /// <summary>How many pages the table has.</summary>
    public Task<long> PagesAsync(CancellationToken ct) => db.QueryScalarAsync<long>(PagesSql, new { }, ct);

    /// <summary>Removes those of some pages that were claimed before a moment; answers how many.</summary>
    public Task<int> RemoveAsync(long first, long pages, DateTimeOffset before, CancellationToken ct) =>
        db.ExecuteChangeAsync(RemoveSql, new { first, pages, before, turn = Turn }, ct);
}

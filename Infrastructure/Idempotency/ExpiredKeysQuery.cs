using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Idempotency;

/// <summary>
/// Removes expired keys a few pages of the table at a time, in their physical order. It needs no index, which
/// every claim of a key would have to maintain.
/// </summary>
sealed class ExpiredKeysQuery(BankDb db)
{
    const string PagesSql =
        """
        SELECT pg_relation_size('idempotency_keys') / current_setting('block_size')::bigint
        """;

    /// <summary>
    /// One instance at a time takes a step; a concurrent step of another instance removes nothing. The
    /// function is the owner's, since the API's role may not delete.
    /// </summary>
    const string RemoveSql =
        """
        SELECT remove_expired_keys(
            @first, @pages, least(clock_timestamp(), @now) - @keepFor * interval '1 second', @turn)
        """;

    /// <summary>
    /// The first key of the advisory lock, any number that nothing else in the database uses; the second is
    /// the table's, since a database may have several Banks.
    /// </summary>
    public const int Turn = 0x4B455953;

    /// <summary>The number of pages of the table.</summary>
    public Task<long> PagesAsync(CancellationToken ct) => db.QueryScalarAsync<long>(PagesSql, new { }, ct);

    /// <summary>Removes the expired keys on some pages and returns how many.</summary>
    /// <param name="first">The first page.</param>
    /// <param name="pages">The number of pages.</param>
    /// <param name="now">The time by this instance's clock.</param>
    /// <param name="keepFor">How long a key is kept.</param>
    /// <param name="ct">Cancels the removal.</param>
    public Task<long> RemoveAsync(
        long first, long pages, DateTimeOffset now, TimeSpan keepFor, CancellationToken ct) =>
        db.ChangeScalarAsync<long>(
            RemoveSql, new { first, pages, now, keepFor = keepFor.TotalSeconds, turn = Turn }, ct);
}

using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// Tells a transaction that was never posted from one that may still be: of this instance, which knows its
/// commands, and of any other, whose statements the database knows.
/// </summary>
sealed class InDoubtQuery(BankDb db, InDoubtCommands unsettled)
{
    /// <summary>
    /// Whether a statement of the ledger runs for longer than any does that is not held up, and began when the
    /// transaction's id was there already.
    /// </summary>
    const string Sql =
        """
        SELECT EXISTS (
            SELECT
            FROM pg_stat_activity
            WHERE datname = current_database()
              AND pid <> pg_backend_pid()
              AND state = 'active'
              AND query LIKE '%WITH command AS%'
              AND query_start BETWEEN @madeAt AND clock_timestamp() - interval '1 second'
        )
        """;

    /// <summary>The last that a DateTimeOffset can say, and PostgreSQL understands.</summary>
    const long LatestMillisecond = 253_402_300_799_999;

    static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(1);

    /// <summary>Whether a transaction that is not in the ledger may be in it later.</summary>
    public async Task<bool> MayLandAsync(Guid transactionId, CancellationToken ct)
    {
        if (unsettled.Contains(transactionId))
            return true;

        return transactionId.Version == 7
            && await db.QueryScalarAsync<bool>(Sql, new { madeAt = TimeOf(transactionId) - ClocksDiffer }, ct);
    }

    /// <summary>When a UUIDv7 was made: its first 48 bits are milliseconds since 1970 (RFC 9562).</summary>
    static DateTimeOffset TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16;

        return DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Min(milliseconds, LatestMillisecond));
    }
}

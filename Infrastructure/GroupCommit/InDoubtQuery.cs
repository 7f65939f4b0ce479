using System.Buffers.Binary;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// Tells a transaction that was never posted from one that may still be posted: by this instance, which knows
/// its commands, or by another one, whose running queries the database knows.
/// </summary>
sealed class InDoubtQuery(BankDb db, TakenCommands taken)
{
    /// <summary>
    /// Whether a posting query has run for over a second, so that something may stall it, and started when
    /// the id of the transaction existed already. The id has the time of an instance, whose clock may differ
    /// from the database's: by a day, or by any time if it is ahead. The pattern is a parameter, so that this
    /// query does not match its own text.
    /// </summary>
    const string Sql =
        """
        SELECT EXISTS (
            SELECT
            FROM pg_stat_activity
            WHERE datname = current_database()
              AND pid <> pg_backend_pid()
              AND state = 'active'
              AND query LIKE @pattern
              AND query_start BETWEEN least(@createdAt, clock_timestamp()) - interval '1 day'
                              AND clock_timestamp() - interval '1 second'
        )
        """;

    const string PostingPattern = LedgerSql.PostingTag + "%";

    /// <summary>The last one that both a DateTimeOffset and PostgreSQL can represent.</summary>
    const long MaxMilliseconds = 253_402_300_799_999;

    /// <summary>Whether a transaction that is not in the ledger may be there later.</summary>
    public async Task<bool> IsInDoubtAsync(Guid transactionId, CancellationToken ct)
    {
        if (taken.Contains(transactionId))
            return true;

        return transactionId.Version == 7
            && await db.QueryScalarAsync<bool>(
                Sql, new { pattern = PostingPattern, createdAt = CreatedAt(transactionId) }, ct);
    }

    /// <summary>
    /// When a UUIDv7 was created: its first 48 bits are milliseconds since 1970 (RFC 9562).
    /// </summary>
    static DateTimeOffset CreatedAt(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16;

        return DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Min(milliseconds, MaxMilliseconds));
    }
}

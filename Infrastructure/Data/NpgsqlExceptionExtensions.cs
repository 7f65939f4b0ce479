using System.Net.Sockets;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>Tells outages, which may end on their own, from mistakes.</summary>
static class NpgsqlExceptionExtensions
{
    /// <summary>
    /// Whether the database could not be reached, refused or closed the connection, took too long, lost its
    /// files or accepts no changes for now: a retry may succeed, and no other request would.
    /// </summary>
    public static bool IsDatabaseUnavailable(this NpgsqlException exception) => exception switch
    {
        PostgresException refused => refused.IsTransient || refused.MayRecover() || refused.IsReadOnly()
            || refused.IsFaultOfServer(),
        { InnerException: SocketException or IOException or TimeoutException or AggregateException } => true,
        _ => exception.InnerException is null,
    };

    /// <summary>
    /// Whether the error may end on its own: the connection (08), a server that is full (53) or starting, a
    /// query that was cancelled (57), a lock, a time-out of transactions. A standby, a full disk and a limit
    /// such as temp_file_limit last.
    /// </summary>
    public static bool MayRecover(this PostgresException error) =>
        !error.IsReadOnly() && error.SqlState != PostgresErrorCodes.ConfigurationLimitExceeded
        && error.SqlState is ['0', '8', ..] or ['5', '3' or '7', ..] or PostgresErrorCodes.LockNotAvailable
            or "25P03" or "25P04";

    /// <summary>
    /// Whether a person has to mend the server first: signing in (28), a missing database, the system and its
    /// files (58), damaged data.
    /// </summary>
    static bool IsFaultOfServer(this PostgresException error) =>
        error.SqlState is ['2', '8', ..] or ['5', '8', ..] or PostgresErrorCodes.InvalidCatalogName
            or PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted;

    /// <summary>Whether the server refuses every change: it is a standby, or its disk is full.</summary>
    public static bool IsReadOnly(this PostgresException refused) =>
        refused.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.DiskFull;
}

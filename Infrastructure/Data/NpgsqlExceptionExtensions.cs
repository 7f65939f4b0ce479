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
        PostgresException refused => refused.IsTransient || refused.IsReadOnly()
            || refused.IsFaultOfServer(),
        { InnerException: SocketException or IOException or TimeoutException or AggregateException } => true,
        _ => exception.InnerException is null,
    };

    /// <summary>
    /// Whether the error is of the server or the session and not of the query: the connection (08), signing
    /// in (28), a missing database, a time-out of transactions, resources (53), an operator (57), the system
    /// and its files (58), damaged data.
    /// </summary>
    static bool IsFaultOfServer(this PostgresException error) =>
        error.SqlState is ['0', '8', ..] or ['2', '8', ..] or ['5', '3' or '7' or '8', ..]
            or PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.DataCorrupted
            or PostgresErrorCodes.IndexCorrupted or "25P03" or "25P04";

    /// <summary>Whether the server refuses every change: it is a standby, or its disk is full.</summary>
    public static bool IsReadOnly(this PostgresException refused) =>
        refused.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.DiskFull;
}

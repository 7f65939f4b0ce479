using System.Net.Sockets;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>Tells outages, which may end on their own, from mistakes.</summary>
static class NpgsqlExceptionExtensions
{
    /// <summary>
    /// Whether the database could not be reached, closed the connection, took too long or accepts no changes
    /// for now: a retry may succeed.
    /// </summary>
    public static bool IsAway(this NpgsqlException exception) => exception switch
    {
        PostgresException refused => refused.IsTransient || refused.IsReadOnly()
            || refused.SqlState == PostgresErrorCodes.QueryCanceled,
        { InnerException: SocketException or IOException or TimeoutException or AggregateException } => true,
        _ => exception.InnerException is null,
    };

    /// <summary>Whether the server refuses every change: it is a standby, or its disk is full.</summary>
    public static bool IsReadOnly(this PostgresException refused) =>
        refused.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.DiskFull;
}

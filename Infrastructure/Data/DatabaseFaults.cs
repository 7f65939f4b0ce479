using System.Net.Sockets;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>Tells what the database may recover from by itself from what is somebody's mistake.</summary>
static class DatabaseFaults
{
    /// <summary>
    /// Whether the database could not be reached, hung up, took too long or takes no changes at the moment:
    /// trying again may help.
    /// </summary>
    public static bool IsAway(this NpgsqlException exception) => exception switch
    {
        PostgresException refused => refused.IsTransient || refused.IsReadOnly()
            || refused.SqlState == PostgresErrorCodes.QueryCanceled,
        { InnerException: SocketException or IOException or TimeoutException or AggregateException } => true,
        _ => exception.InnerException is null,
    };

    /// <summary>Whether it would refuse any change: it is a standby, or its disk is full.</summary>
    public static bool IsReadOnly(this PostgresException refused) =>
        refused.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.DiskFull;
}

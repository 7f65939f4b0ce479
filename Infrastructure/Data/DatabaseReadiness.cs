using Bank.Infrastructure.Connections;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>
/// Whether the API can serve from the database. The result is cached for a second, so that readiness probes
/// cannot use up the connections.
/// </summary>
sealed partial class DatabaseReadiness(
    ConnectionPools pools, TimeProvider time, ILogger<DatabaseReadiness> log)
{
    /// <summary>
    /// The schema, whether changes are accepted, and whether lost sessions can be terminated.
    /// </summary>
    const string Sql =
        """
        SELECT max("Version"),
               NOT pg_is_in_recovery() AND NOT current_setting('transaction_read_only')::boolean,
               has_function_privilege('pg_terminate_backend(integer, bigint)', 'EXECUTE')
        FROM "VersionInfo"
        """;

    static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(1);

    readonly Lock gate = new();
    Task<bool> cached = Task.FromResult(false);
    long? checkedAt;

    /// <summary>
    /// Whether the database answers and accepts changes, its schema is at least as new as this build (it is
    /// newer during an update), and the API may terminate its own sessions.
    /// </summary>
    public Task<bool> IsReadyAsync()
    {
        lock (gate)
        {
            if (cached.IsCompleted && !(checkedAt is { } at && time.GetElapsedTime(at) < CacheTime))
            {
                checkedAt = time.GetTimestamp();
                cached = CheckAsync();
            }

            return cached;
        }
    }

    async Task<bool> CheckAsync()
    {
        try
        {
            await using var command = pools.General.CreateCommand(Sql);
            await using var row = await command.ExecuteReaderAsync();
            await row.ReadAsync();

            var isCurrent = !row.IsDBNull(0) && row.GetInt64(0) >= DatabaseMigrator.NewestVersion;
            var isWritable = row.GetBoolean(1);
            var mayTerminateSessions = row.GetBoolean(2);

            if (!isWritable)
                LogReadOnly();

            if (!mayTerminateSessions)
                LogMayNotTerminateSessions();

            return isCurrent && isWritable && mayTerminateSessions;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    [LoggerMessage(22, LogLevel.Warning, "Not ready: the database is read-only; is it a standby?")]
    partial void LogReadOnly();

    [LoggerMessage(
        23, LogLevel.Error,
        "Not ready: the API's role may not terminate its own sessions (GRANT EXECUTE ON FUNCTION "
        + "pg_terminate_backend), so that after a lost connection it cannot find out what committed")]
    partial void LogMayNotTerminateSessions();
}

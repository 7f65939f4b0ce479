using Bank.Infrastructure.Connections;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>
/// Whether the API can serve from the database. The result is cached for a second, so that readiness probes
/// cannot use up the connections.
/// </summary>
sealed partial class DatabaseReadiness(
    ConnectionPools pools, SessionCheck sessions, TimeProvider time, ILogger<DatabaseReadiness> log)
{
    /// <summary>
    /// The schema, whether changes are accepted, and whether lost sessions can be terminated.
    /// </summary>
    const string Sql =
        """
        SELECT max("Version"),
               NOT pg_is_in_recovery(),
               has_function_privilege('pg_terminate_backend(integer, bigint)', 'EXECUTE')
        FROM "VersionInfo"
        """;

    static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(1);

    readonly LogThrottle throttle = new(time, TimeSpan.FromMinutes(1));
    readonly Lock gate = new();
    Task<bool> cached = Task.FromResult(false);
    long? checkedAt;
    string lastReason = "";

    /// <summary>
    /// Whether the database answers and accepts changes, its schema is at least as new as this build (it is
    /// newer during an update), the API may terminate its own sessions, and no setting stands against it.
    /// </summary>
    public Task<bool> IsReadyAsync()
    {
        lock (gate)
        {
            if (cached.IsCompleted && !(checkedAt is { } at && time.GetElapsedTime(at) < CacheTime))
            {
                checkedAt = time.GetTimestamp();

                // Its log lines do not belong to the request that happens to be first.
                using (ExecutionContext.SuppressFlow())
                    cached = CheckAsync();
            }

            return cached;
        }
    }

    async Task<bool> CheckAsync()
    {
        string[] reasons;

        try
        {
            reasons = await FindReasonsAsync(pools.Current);
        }
        catch (UnexpectedSessionException unexpected)
        {
            reasons = [unexpected.Message];
        }
        catch (NpgsqlException failure)
        {
            reasons = [$"the database does not answer: {failure.GetBaseException().Message}"];
        }

        LogChange(string.Join("; ", reasons));

        return reasons is [];
    }

    /// <summary>Why the API is not ready; nothing if it is.</summary>
    async Task<string[]> FindReasonsAsync(DatabaseHost host)
    {
        await using var connection = await host.OpenGeneralAsync(CancellationToken.None);
        var (findings, isOutdated) = await sessions.RecheckAsync(connection);

        if (isOutdated)
            host.Renew();

        return
        [
            .. await FindReasonsAsync(connection),
            .. findings.Where(finding => finding.Setting.Effect is SessionEffect.Refused
                or SessionEffect.NotReady).Select(finding => finding.ToString()),
        ];
    }

    static async Task<string[]> FindReasonsAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();

        return
        [
            .. If(row.IsDBNull(0) || row.GetInt64(0) < DatabaseMigrator.NewestVersion,
                "the schema is older than this build; start an instance with Database:MigrateOnStart"),
            .. If(!row.GetBoolean(1), "the database is read-only, because it is a standby"),
            .. If(!row.GetBoolean(2),
                "the API's role may not terminate its own sessions (GRANT EXECUTE ON FUNCTION "
                + "pg_terminate_backend), so that after a lost connection it cannot find out what committed"),
        ];
    }

    static string[] If(bool isSo, string reason) => isSo ? [reason] : [];

    /// <summary>Logs why the API is not ready: when that changes, and once a minute.</summary>
    void LogChange(string reason)
    {
        if (reason.Length > 0 && (throttle.TryPass(out _) || reason != lastReason))
            LogNotReady(reason);

        lastReason = reason;
    }

    [LoggerMessage(22, LogLevel.Warning, "Not ready: {Reason}")]
    partial void LogNotReady(string reason);
}

using Bank.Infrastructure.Connections;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>
/// Whether the API can serve from the database. The result is cached for a second, so that readiness probes
/// cannot use up the connections. While the API is not ready, the log says why, once a minute.
/// </summary>
sealed partial class DatabaseReadiness(
    ConnectionPools pools, ApiRole role, SessionCheck sessions, TimeProvider time,
    ILogger<DatabaseReadiness> log)
{
    /// <summary>
    /// The schema, whether changes are accepted, whether lost sessions can be terminated, and the tables that
    /// the role may not use.
    /// </summary>
    const string Sql =
        """
        SELECT max("Version"),
               NOT pg_is_in_recovery(),
               has_function_privilege('pg_terminate_backend(integer, bigint)', 'EXECUTE'),
               (
                   SELECT string_agg(name, ', ')
                   FROM unnest(ARRAY[
                       'users', 'token_users', 'accounts', 'transactions', 'holds',
                       'idempotency_keys', 'keys']) AS name
                   WHERE NOT has_table_privilege(name, 'SELECT')
                      OR NOT has_any_column_privilege(name, 'INSERT')
               )
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
    /// newer during an update), the API's role may use its tables and terminate its own sessions, and no
    /// setting prevents it.
    /// </summary>
    public Task<bool> IsReadyAsync()
    {
        lock (gate)
        {
            if (cached.IsCompleted && !(checkedAt is { } at && time.GetElapsedTime(at) < CacheTime))
            {
                checkedAt = time.GetTimestamp();

                // Its log lines do not belong to the request that happens to be first.
                cached = Background.Run(CheckAsync);
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
        catch (PostgresException refused) when (refused.SqlState
            is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InsufficientPrivilege)
        {
            reasons = [await FindSchemaReasonAsync(refused)];
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
            .. If(row.IsDBNull(0) || row.GetInt64(0) < SchemaMigrator.NewestVersion,
                "the schema is older than this build; start an instance with Database:MigrateOnStart"),
            .. If(!row.GetBoolean(1), "the database is read-only, because it is a standby"),
            .. If(!row.GetBoolean(2),
                $"{connection.UserName} may not terminate its own sessions (GRANT EXECUTE ON FUNCTION "
                + $"pg_terminate_backend TO {connection.UserName}), so that after a lost connection it "
                + "cannot find out what committed"),
            .. If(!row.IsDBNull(3),
                $"the API's role may not use {(row.IsDBNull(3) ? "" : row.GetString(3))}: start an instance "
                + "that migrates, which grants it"),
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

    /// <summary>Why the tables cannot be read.</summary>
    async Task<string> FindSchemaReasonAsync(PostgresException refused)
    {
        try
        {
            await using var connection = await pools.Current.OpenGeneralAsync(CancellationToken.None);
            return await LedgerSchema.FindReasonAsync(connection, pools.Schema ?? "public")
                ?? refused.MessageText;
        }
        catch (PostgresException failure)
        {
            return DatabaseAdvice.ForConnecting(
                failure, new NpgsqlConnectionStringBuilder(role.ConnectionString));
        }
        catch (NpgsqlException)
        {
            return refused.MessageText;
        }
    }

    [LoggerMessage(22, LogLevel.Warning, "Not ready: {Reason}")]
    partial void LogNotReady(string reason);
}

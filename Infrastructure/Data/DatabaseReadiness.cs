using Bank.Infrastructure.Connections;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>
/// Whether the database can be served from. Whoever asks within a second gets the same answer, so that asking
/// is no way to use up its connections.
/// </summary>
sealed partial class DatabaseReadiness(ConnectionPools pools, TimeProvider time, ILogger<DatabaseReadiness> log)
{
    /// <summary>The schema, whether changes are taken, and whether lost sessions can be ended.</summary>
    const string Sql =
        """
        SELECT max("Version"),
               NOT pg_is_in_recovery() AND NOT current_setting('transaction_read_only')::boolean,
               has_function_privilege('pg_terminate_backend(integer, bigint)', 'EXECUTE')
        FROM "VersionInfo"
        """;

    static readonly TimeSpan AnswerServes = TimeSpan.FromSeconds(1);

    readonly Lock gate = new();
    Task<bool> answer = Task.FromResult(false);
    DateTimeOffset askedAt = DateTimeOffset.MinValue;

    /// <summary>
    /// Whether the database answers and takes changes, its schema is no older than this build (a newer one is
    /// that of an update that goes on), and the API may end its own sessions there.
    /// </summary>
    public Task<bool> IsReadyAsync()
    {
        lock (gate)
        {
            if (answer.IsCompleted && time.GetUtcNow() - askedAt >= AnswerServes)
            {
                askedAt = time.GetUtcNow();
                answer = AskAsync();
            }

            return answer;
        }
    }

    async Task<bool> AskAsync()
    {
        try
        {
            await using var command = pools.General.CreateCommand(Sql);
            await using var row = await command.ExecuteReaderAsync();
            await row.ReadAsync();

            var isCurrent = !row.IsDBNull(0) && row.GetInt64(0) >= DatabaseMigrator.NewestVersion;
            var takesChanges = row.GetBoolean(1);
            var mayEndSessions = row.GetBoolean(2);

            if (!takesChanges)
                LogReadOnly();

            if (!mayEndSessions)
                LogMayNotEndSessions();

            return isCurrent && takesChanges && mayEndSessions;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Not ready: the database is read-only; is it a standby?")]
    partial void LogReadOnly();

    [LoggerMessage(
        LogLevel.Error,
        "Not ready: the API's role may not end its own sessions (GRANT EXECUTE ON FUNCTION pg_terminate_backend), "
        + "so that it cannot find out what became of a statement whose connection was lost")]
    partial void LogMayNotEndSessions();
}

using System.Data;
using Bank.Infrastructure.Connections;
using Npgsql;
using static Npgsql.PostgresErrorCodes;

namespace Bank.Infrastructure.Data;

/// <summary>
/// Runs a change of the schema without blocking others for long. A session that waits for a lock on a table
/// makes all later queries of the table wait too, so a try gives up after a moment and the others go first.
/// Another session looks which sessions it waits for, and the log names them every few seconds.
/// </summary>
sealed partial class LockWaits(DatabaseOptions options, TimeProvider time, ILogger<LockWaits> log)
{
    /// <summary>
    /// The sessions that another one waits for, but for the one that looks. Of other roles' sessions
    /// PostgreSQL hides the query, unless the role has <c>pg_read_all_stats</c>.
    /// </summary>
    const string BlockersSql =
        """
        SELECT string_agg(
            CASE WHEN blocker.pid = 0 THEN 'a prepared transaction' ELSE concat(
                'process ', blocker.pid, ' of ', coalesce(usename, 'the server'),
                ' (', concat_ws(', ', nullif(application_name, ''), state,
                    'for ' || date_trunc('second', clock_timestamp() - xact_start),
                    left(regexp_replace(query, '\s+', ' ', 'g'), 100)), ')') END,
            ' and ')
        FROM unnest(pg_blocking_pids($1)) AS blocker (pid)
        LEFT JOIN pg_stat_activity ON pg_stat_activity.pid = blocker.pid
        WHERE blocker.pid <> pg_backend_pid()
        """;

    const string LockTimeoutSql = "SELECT set_config('lock_timeout', $1, false)";

    static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    /// <summary>After how long a change is worth a line.</summary>
    static readonly TimeSpan Long = TimeSpan.FromSeconds(1);

    readonly LogThrottle throttle = new(time, TimeSpan.FromSeconds(5));

    /// <summary>Runs a change until it gets its locks.</summary>
    /// <param name="session">The session that the change runs on.</param>
    /// <param name="connectionString">How to open a session that watches it.</param>
    /// <param name="name">The change, for the log.</param>
    /// <param name="blocksNobody">
    /// Whether its locks let the API's queries through, so that it may wait for them.
    /// </param>
    /// <param name="change">The change; it can be repeated after a failure.</param>
    /// <param name="ct">Cancels the pause between two tries.</param>
    public async Task RunAsync(
        NpgsqlConnection session, string connectionString, string name, bool blocksNobody, Func<Task> change,
        CancellationToken ct)
    {
        var startedAt = time.GetTimestamp();

        // A fifth of the time after which the API's own queries give up: a try costs them a short wait.
        var timeout = blocksNobody ? TimeSpan.Zero : options.LockTimeout / 5;
        await session.ScalarAsync<object>(LockTimeoutSql, ct, $"{timeout.TotalMilliseconds:F0}ms");
        await using var watch = new NpgsqlConnection(connectionString);

        while (!await TryAsync(Task.Run(change, ct)))
            await Task.Delay(RetryInterval, time, ct);

        if (time.GetElapsedTime(startedAt) >= Long)
            LogDone(name, time.GetElapsedTime(startedAt).TotalSeconds);

        async Task<bool> TryAsync(Task attempt)
        {
            try
            {
                await WatchAsync(attempt, name, session.ProcessID, watch);
                return true;
            }
            catch (Exception failure) when (failure.GetBaseException()
                is PostgresException { SqlState: LockNotAvailable or DeadlockDetected })
            {
                return false;
            }
        }
    }

    /// <summary>Waits for the end of a try. The first look comes before a lock timeout ends it.</summary>
    async Task WatchAsync(Task attempt, string name, int processId, NpgsqlConnection watch)
    {
        var startedAt = time.GetTimestamp();
        var pause = options.LockTimeout / 20;

        while (await Task.WhenAny(attempt, Task.Delay(pause, time)) != attempt)
        {
            var elapsed = time.GetElapsedTime(startedAt);

            if (await BlockersAsync(watch, processId) is { } blockers)
                LogIfDue(() => LogWaits(name, blockers));
            else if (elapsed >= Long)
                LogIfDue(() => LogRunning(name, elapsed.TotalSeconds));

            pause = pause < Long ? pause * 2 : Long;
        }

        await attempt;
    }

    void LogIfDue(Action write)
    {
        if (throttle.TryPass(out _))
            write();
    }

    /// <summary>Whom a session waits for; null if for nobody, or if that cannot be found out.</summary>
    static async Task<string?> BlockersAsync(NpgsqlConnection watch, int processId)
    {
        try
        {
            if (watch.State != ConnectionState.Open)
                await watch.OpenAsync();

            return await watch.ScalarAsync<string>(BlockersSql, default, processId);
        }
        catch (NpgsqlException)
        {
            await watch.CloseAsync();
            return null;
        }
    }

    [LoggerMessage(
        25, LogLevel.Warning,
        "{Change} waits for {Blockers}. Others go first, and it tries again until it gets its lock")]
    partial void LogWaits(string change, string blockers);

    [LoggerMessage(26, LogLevel.Information, "{Change} has been running for {Seconds:F0} s")]
    partial void LogRunning(string change, double seconds);

    [LoggerMessage(27, LogLevel.Information, "{Change} took {Seconds:F1} s")]
    partial void LogDone(string change, double seconds);
}

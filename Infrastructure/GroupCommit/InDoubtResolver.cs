using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// Finds out which commands committed: after a connection was lost with their query in flight, or when an
/// earlier attempt of a retried command may have committed. If a session may still run the query, it first
/// terminates that session.
/// </summary>
sealed partial class InDoubtResolver(
    ConnectionPools pools, DatabaseOptions database, ILogger<InDoubtResolver> log) : IDisposable
{
    static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

    readonly LogThrottle throttle = new(TimeProvider.System, TimeSpan.FromSeconds(10));
    volatile bool isStopped;
    int inDoubt;

    /// <summary>
    /// How many commands are being resolved. Stays above 0 while the database is unreachable or a session
    /// cannot be terminated.
    /// </summary>
    public int InDoubt => Volatile.Read(ref inDoubt);

    /// <summary>
    /// Completes the commands that committed. When it returns, the others can no longer commit and may be
    /// sent again, unless the process stops. It continues until the lost session has ended, even when no
    /// caller waits any more.
    /// </summary>
    /// <param name="commands">The commands in doubt.</param>
    /// <param name="lost">The lost session; null if none was lost.</param>
    public async Task ResolveAsync(PendingCommand[] commands, Backend? lost)
    {
        // If a look-up loses its own session, that one is terminated too.
        var toTerminate = new HashSet<Backend>();

        if (lost is { } backend)
            toTerminate.Add(backend);

        Interlocked.Add(ref inDoubt, commands.Length);

        while (!isStopped && !await TryResolveAsync(commands, toTerminate))
            await Task.Delay(RetryInterval);

        Interlocked.Add(ref inDoubt, -commands.Length);
    }

    public void Dispose() => isStopped = true;

    /// <summary>Looks up which commands committed; false if it has to be tried again.</summary>
    async Task<bool> TryResolveAsync(PendingCommand[] commands, HashSet<Backend> toTerminate)
    {
        Backend? own = null;

        try
        {
            await using var session = new LedgerSession(pools.Current);
            own = await session.OpenAsync();

            // Sessions on a former primary are left out: what commits there is lost anyway.
            var processIds = toTerminate.Where(other => other.Host == own.Value.Host)
                .Select(other => other.ProcessId).ToArray();
            var committed = await session.RunAsync(
                db => FindCommittedQuery.FindAsync(db, processIds, database.StatementTimeout / 2, commands),
                database.StatementDeadline);

            foreach (var row in committed)
                commands[row.Ordinal - 1].Resolve(row);

            return true;
        }
        catch (Exception failure)
        {
            if (failure is not SessionTerminationException)
                LogUnavailable(failure, commands.Length);
            else if (throttle.TryPass(out _))
                LogNotTerminated(ProcessIds(toTerminate), failure.Message, commands.Length);

            if (own is { } lost)
                toTerminate.Add(lost);

            return false;
        }
    }

    static string ProcessIds(IEnumerable<Backend> backends) =>
        string.Join(", ", backends.Select(backend => backend.ProcessId));

    [LoggerMessage(
        44, LogLevel.Error,
        "Cannot terminate the session {ProcessIds}: {Reason}. {Count} commands stay in doubt until it ends")]
    partial void LogNotTerminated(string processIds, string reason, int count);

    [LoggerMessage(45, LogLevel.Debug, "Cannot look up yet which of {Count} commands committed")]
    partial void LogUnavailable(Exception failure, int count);
}

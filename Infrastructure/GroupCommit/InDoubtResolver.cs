using Bank.Infrastructure.Connections;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// Settles commands whose connection was lost in the middle of their statement: ends the session that may
/// still run it, and then looks for what landed.
/// </summary>
sealed partial class InDoubtResolver(LedgerSessions sessions, DatabaseOptions database, ILogger<InDoubtResolver> log)
    : IDisposable
{
    static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(100);

    volatile bool isStopped;
    int unsettled;

    /// <summary>How many commands are being settled now; more than a moment only if a session cannot be ended.</summary>
    public int Unsettled => Volatile.Read(ref unsettled);

    /// <summary>
    /// Answers those that landed. It goes on until the lost session has ended, also when no caller is left to
    /// be told, unless the process stops; those that are not answered then never landed.
    /// </summary>
    /// <param name="lost">The commands.</param>
    /// <param name="session">The lost session; null where none was lost.</param>
    public async Task SettleAsync(PendingCommand[] lost, Backend? session)
    {
        // Those that look for what landed may be lost themselves, and are to be ended as well.
        var toEnd = new HashSet<Backend>();

        if (session is { } one)
            toEnd.Add(one);

        Interlocked.Add(ref unsettled, lost.Length);

        while (!isStopped && !await TrySettleAsync(lost, toEnd))
            await Task.Delay(RetryEvery);

        Interlocked.Add(ref unsettled, -lost.Length);
    }

    public void Dispose() => isStopped = true;

    /// <summary>Finds out what landed; false when the database does not answer yet.</summary>
    async Task<bool> TrySettleAsync(PendingCommand[] lost, HashSet<Backend> toEnd)
    {
        Backend? own = null;

        try
        {
            await using var session = sessions.Begin();
            own = await session.OpenAsync();

            // What still runs on a host that was replaced lands in a history that nobody goes on with.
            var ids = toEnd.Where(other => other.Host == own.Value.Host).Select(other => other.ProcessId).ToArray();
            var landed = await session.RunAsync(
                db => FindCommittedQuery.FindAsync(db, ids, database.StatementTimeout / 2, lost), database.StatementDeadline);

            foreach (var decision in landed)
                lost[decision.Ordinal - 1].Resolve(decision);

            return true;
        }
        catch (Exception away)
        {
            if (away is SessionTerminationException)
                LogNotEnded(string.Join(", ", toEnd.Select(other => other.ProcessId)), lost.Length, away.Message);
            else
                LogAway(away, lost.Length);

            if (own is { } another)
                toEnd.Add(another);

            return false;
        }
    }

    [LoggerMessage(
        LogLevel.Error,
        "The lost session {ProcessIds} cannot be ended ({Reason}); what became of {Count} commands stays open until it is")]
    partial void LogNotEnded(string processIds, int count, string reason);

    [LoggerMessage(LogLevel.Debug, "Cannot tell yet what became of {Count} commands")]
    partial void LogAway(Exception away, int count);
}

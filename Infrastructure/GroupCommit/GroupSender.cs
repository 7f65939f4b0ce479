using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;
using Npgsql;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// Posts commands in groups: the commands that arrive while a query is in flight go together in the next one,
/// and share its planning, its round trip and its commit. A lone command goes at once; nothing waits for a
/// timer.
/// </summary>
/// <remarks>
/// Commands of all kinds wait in one queue. A query posts one kind, and the kinds take turns. While only one
/// query is in flight, it never meets an account locked by another kind. A slow query moves to a background
/// slot if one is free; otherwise the sender waits for it. The halves of a failed group, replays and lost
/// connections are handled in the background.
/// </remarks>
sealed partial class GroupSender(
    ConnectionPools pools,
    CommandQueue queue,
    InDoubtResolver resolver,
    TakenCommands taken,
    GroupCommitMetrics metrics,
    PostedCommands posted,
    ClockLog clocks,
    BackgroundSlots background,
    Watchdog watchdog,
    DatabaseOptions database,
    ILogger<GroupSender> log)
{
    static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

    int wakeUpScheduled;

    /// <summary>
    /// Starts a sender that the queue has already counted. It runs outside the caller's trace and log scopes.
    /// </summary>
    public void Start() => Background.Run(SendAsync);

    /// <summary>Reads stored results first: a repeated bulk usually has them all.</summary>
    public void Replay(PendingCommand[] bulk) =>
        Background.Run(() => background.RunAsync(bulk, ReplayAsync));

    /// <summary>Starts a sender if one may start. Its callers already run outside any request.</summary>
    void StartIfIdle()
    {
        if (queue.TryStartSender())
            _ = SendAsync();
    }

    /// <summary>
    /// Sends one group after the other until nothing is due. A query that runs longer than
    /// <see cref="DatabaseOptions.LockTimeout"/> moves to a background slot if one is free: its backend may
    /// be frozen, and then it never ends.
    /// </summary>
    async Task SendAsync()
    {
        long? nextDue;

        while (queue.Take(out nextDue) is { } group)
        {
            if (group is [{ IsSuspect: true }])
            {
                _ = PostInBackgroundAsync(group);
                continue;
            }

            var sent = SendGroupAsync(group);

            if (await watchdog.EndsInTimeAsync(sent) || !background.TryMove(sent))
                await sent;
        }

        if (nextDue is { } milliseconds)
            _ = WakeUpAfterAsync(TimeSpan.FromMilliseconds(milliseconds));
    }

    async Task WakeUpAfterAsync(TimeSpan pause)
    {
        if (Interlocked.Exchange(ref wakeUpScheduled, 1) == 1)
            return;

        await Task.Delay(pause);
        Volatile.Write(ref wakeUpScheduled, 0);
        StartIfIdle();
    }

    /// <summary>
    /// Posts a group. A defect of the API is logged, and the sender continues; the commands without a result
    /// stay in doubt until their time is over.
    /// </summary>
    async Task SendGroupAsync(PendingCommand[] group)
    {
        using var registration = taken.Add(group);

        try
        {
            await PostGroupAsync(group);
        }
        catch (Exception fault)
        {
            LogFault(fault);
            _ = KeepInDoubtAsync(group);
        }
    }

    async Task KeepInDoubtAsync(PendingCommand[] group)
    {
        using var registration = taken.Add(group);
        await Task.WhenAll(group.Select(command => command.Set.Completed));
    }

    async Task PostGroupAsync(PendingCommand[] group)
    {
        group = Array.FindAll(group, command => command.TryMarkSent());

        if (group.Length == 0)
            return;

        using var span = GroupCommitTraces.Start(group);
        var sentAt = metrics.RecordSent(group);

        if (await TryPostAsync(group) is { } rows)
        {
            metrics.RecordDone(group, sentAt);
            queue.MarkAnswered();

            if (group[0].IsSuspect)
                queue.Trust(group[0]);

            Deliver(group, rows);
            posted.Publish(group, rows);
            clocks.Check(group, rows);
        }
    }

    /// <summary>
    /// Runs the query of a group and returns its rows after the commit. Null if the query failed or is in
    /// doubt; the commands are then already being retried or resolved.
    /// </summary>
    async Task<PostingRow[]?> TryPostAsync(PendingCommand[] group)
    {
        Backend? backend = null;

        try
        {
            await using var session = new LedgerSession(pools.Current);
            backend = await session.OpenAsync();
            return await session.RunAsync(
                db => group[0].Query.ExecuteAsync(db, PendingCommand.GroupOf(group)),
                database.StatementDeadline);
        }
        catch (PostgresException failure) when (IsRolledBack(failure))
        {
            // The role or the database may be read-only no more, which only new sessions learn.
            if (failure.IsReadOnly())
                backend?.Host.Renew();

            await RetryAsync(group, failure);
        }
        catch (Exception unavailable) when (backend is null)
        {
            LogUnavailable(unavailable, group.Length);
            await RequeueLaterAsync(group);
        }
        catch (Exception lost)
        {
            // Whatever it is, a fault of the driver included: the query may have committed.
            LogLost(lost.Message, group.Length);
            metrics.RecordLostConnection();

            // The idle connections to the host are as lost as this one.
            backend!.Value.Host.Ledger.Clear();
            _ = ResolveAsync(group, backend);
        }

        return null;
    }

    /// <summary>Completes the decided commands and continues with the others.</summary>
    void Deliver(PendingCommand[] group, PostingRow[] rows)
    {
        List<PendingCommand> replays = [];
        List<PostingRow> undecided = [];
        List<(PendingCommand Command, PostingRow Row)> refusedAfterDoubt = [];

        foreach (var row in rows)
        {
            var command = group[row.Ordinal - 1];

            if (row.IsReplay)
                replays.Add(command);
            else if (row.IsUndecided)
                undecided.Add(row);
            else if (command.WasInDoubt && row.Outcome is not PostingRow.Posted)
                refusedAfterDoubt.Add((command, row));
            else
                command.Resolve(row);
        }

        if (undecided.Count > 0)
            RequeueUndecided(group, undecided);

        if (replays.Count > 0)
            _ = background.RunAsync([.. replays], ReplayAsync);

        if (refusedAfterDoubt.Count > 0)
            _ = RefuseAsync([.. refusedAfterDoubt]);
    }

    void RequeueUndecided(PendingCommand[] group, List<PostingRow> undecided)
    {
        List<(PendingCommand Command, PostingRow Row)> expired = [];

        foreach (var row in undecided.OrderBy(row => row.Ordinal))
        {
            var command = group[row.Ordinal - 1];

            if (!command.TryRequeue())
                continue;

            if (row.Outcome is PostingRow.HoldExpired)
                expired.Add((command, row));
            else
                queue.Requeue(command, row);
        }

        if (expired.Count > 0)
            _ = background.RunAsync([.. expired.Select(one => one.Command)], _ => ExpireHoldsAsync(expired));

        metrics.RecordRetries(undecided.Count(row => row is { Outcome: null, BusyId: null }));
        StartIfIdle();
    }

    /// <summary>
    /// Before refusing a retried command, checks whether its first attempt committed; otherwise a caller
    /// could get <c>insufficient_funds</c> because of its own transfer.
    /// </summary>
    async Task RefuseAsync((PendingCommand Command, PostingRow Row)[] refused)
    {
        var commands = Array.ConvertAll(refused, one => one.Command);
        using var registration = taken.Add(commands);
        await resolver.ResolveAsync(commands, lost: null);

        foreach (var (command, row) in refused)
            command.Resolve(row);
    }

    /// <summary>Requeues commands that the database does not take now; none of them was posted.</summary>
    async Task RequeueLaterAsync(PendingCommand[] commands)
    {
        using var registration = taken.Add(commands);

        // Waiting again, so that those whose time ends during the delay expire as not posted.
        Array.ForEach(commands, command => command.WasUnavailable = command.TryRequeue());
        await Task.Delay(RetryInterval);
        Requeue(commands);
    }

    void Requeue(PendingCommand[] commands)
    {
        foreach (var command in commands)
        {
            if (command.TryRequeue())
                queue.Requeue(command);
        }

        StartIfIdle();
    }

    /// <summary>Whether the server says that the query failed and was rolled back.</summary>
    static bool IsRolledBack(PostgresException failure) => failure.InvariantSeverity is "ERROR";

    /// <summary>
    /// Splits a failed group in halves, so that one bad command never fails the others. A read-only database
    /// requeues the whole group; a transient error requeues a single command. A group that waited for a lock
    /// is tried once more as a whole: a change of the schema locks a table for a moment.
    /// </summary>
    async Task RetryAsync(PendingCommand[] group, PostgresException failure)
    {
        if (failure.SqlState == PostgresErrorCodes.LockNotAvailable)
            RetryLocked(group);
        else if (group.Length > 1 && !failure.IsReadOnly())
            Split(group);
        else if (failure.IsDatabaseUnavailable())
        {
            LogUnavailable(failure, group.Length);
            await RequeueLaterAsync(group);
        }
        else if (failure.ConstraintName is "transactions_pkey")
        {
            // The id exists: an earlier attempt committed.
            _ = ResolveAsync(group, lost: null);
        }
        else
        {
            // The request logs it, under its own trace id.
            queue.Suspect(group[0]);
            group[0].Fail(failure);
        }
    }

    /// <summary>
    /// Continues with commands whose query waited for a lock. Nothing tells for which of them and for which
    /// row, so all rows of a single command are suspect.
    /// </summary>
    void RetryLocked(PendingCommand[] group)
    {
        if (group is [var alone])
        {
            if (alone.TryRequeue())
                queue.ParkSuspect(alone, [.. alone.PostedRows]);

            StartIfIdle();
        }
        else if (Array.TrueForAll(group, command => command.WaitedForLock))
        {
            Split(group);
        }
        else
        {
            Array.ForEach(group, command => command.WaitedForLock = true);
            _ = PostLaterAsync(group);
        }
    }

    async Task PostLaterAsync(PendingCommand[] group)
    {
        using var registration = taken.Add(group);
        Array.ForEach(group, command => command.TryRequeue());
        await Task.Delay(RetryInterval);
        await PostInBackgroundAsync(group);
    }

    void Split(PendingCommand[] group)
    {
        Array.ForEach(group, command => command.TryRequeue());
        _ = PostInBackgroundAsync(group[..(group.Length / 2)]);
        _ = PostInBackgroundAsync(group[(group.Length / 2)..]);
    }

    Task PostInBackgroundAsync(PendingCommand[] group) => background.RunAsync(group, SendGroupAsync);

    /// <summary>
    /// Completes commands with the stored results of their keys, or refuses a key of another command.
    /// Commands without a stored result are requeued.
    /// </summary>
    async Task ReplayAsync(PendingCommand[] commands)
    {
        await TryRunAsync(db => ReplayQuery.ResolveAsync(db, commands), commands.Length);
        Requeue(commands);
    }

    /// <summary>Expires the holds whose money debits need, and then tries the debits again.</summary>
    async Task ExpireHoldsAsync(List<(PendingCommand Command, PostingRow Row)> debits)
    {
        var payers = debits.Select(one => one.Row.BusyId ?? one.Command.Command.From!.Value).Distinct();
        await TryRunAsync(db => ExpireHoldsQuery.ExpireAsync(db, [.. payers]), debits.Count);
        debits.ForEach(one => queue.Requeue(one.Command, one.Row));
        StartIfIdle();
    }

    /// <summary>Runs a query that posts nothing; its commands go on in any case.</summary>
    async Task TryRunAsync<T>(Func<BankDb, Task<T>> query, int commands)
    {
        try
        {
            await using var session = new LedgerSession(pools.Current);
            await session.OpenAsync();
            await session.RunAsync(query, database.StatementDeadline);
        }
        catch (Exception unavailable)
        {
            LogUnavailable(unavailable, commands);
            await Task.Delay(RetryInterval);
        }
    }

    /// <summary>Looks up which commands committed and requeues the others.</summary>
    async Task ResolveAsync(PendingCommand[] commands, Backend? lost)
    {
        using var registration = taken.Add(commands);
        await resolver.ResolveAsync(commands, lost);
        Array.ForEach(commands, command => command.WasInDoubt = true);
        Requeue(commands);
    }

    [LoggerMessage(
        40, LogLevel.Warning,
        "Connection lost with {Count} commands in flight; checking which ones committed: {Reason}")]
    partial void LogLost(string reason, int count);

    [LoggerMessage(41, LogLevel.Debug, "The database is unavailable; {Count} commands are retried")]
    partial void LogUnavailable(Exception failure, int count);

    [LoggerMessage(42, LogLevel.Error, "Could not post a command")]
    partial void LogFault(Exception fault);
}

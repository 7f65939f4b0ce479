using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;
using Npgsql;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// Posts commands in groups: those that arrive while a statement is on its way go out together in the next
/// one, and share its planning, its round trip and its commit. A lone command goes at once; nobody waits for
/// a timer. Every caller gets its own answer, after the commit, exactly once.
/// </summary>
/// <remarks>
/// All kinds of commands wait in one queue and a statement is of one kind, each kind in its turn, so that none
/// finds an account locked by another kind's statement. What cannot be answered at once never holds up a
/// sender: statements that take long or failed as a whole, answers that are repeated and connections that were
/// lost are seen to beside it.
/// </remarks>
sealed partial class GroupCommitter(
    IEnumerable<IMoneyQuery> statements,
    LedgerSessions sessions,
    InDoubtResolver recovery,
    InDoubtCommands unsettled,
    InFlightLimiter callers,
    GroupCommitMetrics metrics,
    PostedCommands posted,
    GroupCommitOptions options,
    DatabaseOptions database,
    ILogger<GroupCommitter> log) : BackgroundService
{
    static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan LookForOverdueEvery = TimeSpan.FromMilliseconds(250);

    readonly Dictionary<Type, IMoneyQuery> statementOf =
        statements.ToDictionary(statement => statement.Command);

    readonly CommandQueue queue = new(options);
    readonly SemaphoreSlim beside = new(options.StatementsBeside);
    int wakesUp;

    /// <summary>Posts a command; the answer comes after its commit.</summary>
    /// <param name="command">What is asked.</param>
    /// <param name="key">The key that it was sent with, if it was.</param>
    /// <param name="spent">How much of the time is over in which its outcome must be known.</param>
    /// <exception cref="ProblemException">
    /// The queue is full, its caller has too many commands in flight, the key belongs to another command, or
    /// its outcome was not known within <see cref="DatabaseOptions.CommitTimeout"/>.
    /// </exception>
    public async Task<PostingResult> PostAsync(
        MoneyCommand command, IdempotencyKey? key = null, TimeSpan spent = default)
    {
        using var place = callers.Enter(command.CallerId, command.Transactions);
        var set = new CommandSet(1, database.CommitTimeout - spent);
        var pending = new PendingCommand(command, key, set);

        if (!queue.TryAdd(pending, out var mustSend))
            throw Overloaded(command);

        try
        {
            if (mustSend)
                SendForAll();

            await set.Answered;
            return metrics.Note(command, pending.Result);
        }
        catch (Exception told)
        {
            metrics.Note(command, told);
            throw;
        }
        finally
        {
            queue.NoteAnswered();
        }
    }

    /// <summary>
    /// Posts the commands of one request, each on its own; answers when all of them are answered.
    /// </summary>
    /// <param name="commands">What is asked, all of one kind and by one caller.</param>
    /// <param name="keys">The key of each, if it has one.</param>
    /// <param name="isRepeat">Whether the request may have been posted before, or a part of it.</param>
    /// <param name="spent">How much of the time is over in which the outcomes must be known.</param>
    /// <exception cref="ProblemException">
    /// There is no room for so many, or their caller has too many of them in flight; nothing was posted.
    /// </exception>
    public async Task<PostingResult[]> PostAllAsync(
        MoneyCommand[] commands, IdempotencyKey?[] keys, bool isRepeat = false, TimeSpan spent = default)
    {
        using var place = callers.EnterBulk(commands[0].CallerId, commands.Length);
        var set = new CommandSet(commands.Length, database.CommitTimeout - spent, isBulk: true);
        PendingCommand[] bulk = [.. commands.Zip(keys, (command, key) => new PendingCommand(command, key, set))];

        if (!queue.TryLetIn(bulk.Length))
            throw Overloaded(commands);

        try
        {
            if (isRepeat)
                Repeat(bulk);
            else
                Send(bulk);

            await set.Answered;
        }
        finally
        {
            queue.NoteAnswered(bulk.Length);
        }

        if (Array.Find(bulk, pending => pending.Failure is not (null or ProblemException)) is { } failed)
            LogFault(failed.Failure!);

        return Array.ConvertAll(bulk, pending => metrics.Note(pending.Command, pending.ResultOrProblem));
    }

    ProblemException Overloaded(params MoneyCommand[] commands)
    {
        var told = new ProblemException(Problem.Overloaded) { RetryAfter = TimeSpan.FromSeconds(1) };
        Array.ForEach(commands, command => metrics.Note(command, told));

        return told;
    }

    void Send(PendingCommand[] bulk)
    {
        queue.Add(bulk, out var mustSend);

        if (mustSend)
            SendForAll();
    }

    /// <summary>Looks for the first answers before anything is sent: mostly all of them are there.</summary>
    void Repeat(PendingCommand[] bulk)
    {
        using (ExecutionContext.SuppressFlow())
            _ = ReplayAsync(bulk);
    }

    /// <summary>
    /// Sends on behalf of all who wait: what it logs and traces is not of the request that came first.
    /// </summary>
    void SendForAll()
    {
        using (ExecutionContext.SuppressFlow())
            _ = SendAsync();
    }

    /// <summary>Accepts nothing more and waits until everything that was accepted is answered.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await queue.CloseAsync().WaitAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        beside.Dispose();
        base.Dispose();
    }

    /// <summary>Answers those whose time is over, wherever they are.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        metrics.Watch(queue, recovery);
        using var timer = new PeriodicTimer(LookForOverdueEvery);

        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var pending in queue.TakeOverdue().Concat(unsettled.Overdue()))
                pending.Expire(unsettled.IdOfFirst(pending), database.StatementTimeout);
        }
    }

    /// <summary>
    /// Sends one batch after the other until nothing is due. A statement that takes longer than any that is
    /// well is left to itself, if few are, since it may never end: the server's process may be frozen.
    /// </summary>
    async Task SendAsync()
    {
        long? nextDue;

        while (queue.Take(out nextDue) is { } batch)
        {
            var sent = SendBatchAsync(batch);

            if (await Task.WhenAny(sent, Task.Delay(database.LockTimeout)) != sent && beside.Wait(0))
                _ = sent.ContinueWith(_ => beside.Release(), TaskScheduler.Default);
            else
                await sent;
        }

        if (nextDue is { } pause)
            _ = SendAfterAsync(TimeSpan.FromMilliseconds(pause));
    }

    async Task SendAfterAsync(TimeSpan pause)
    {
        if (Interlocked.Exchange(ref wakesUp, 1) == 1)
            return;

        await Task.Delay(pause);
        Volatile.Write(ref wakesUp, 0);
        SendIfIdle();
    }

    void SendIfIdle()
    {
        if (queue.TryBeginSending())
            _ = SendAsync();
    }

    /// <summary>
    /// Posts a batch in one statement; whatever the database does becomes its callers' answers. A fault of ours
    /// is logged and ends no sender; its callers are told when their time is over.
    /// </summary>
    async Task SendBatchAsync(PendingCommand[] batch)
    {
        try
        {
            await PostBatchAsync(batch);
        }
        catch (Exception fault)
        {
            LogFault(fault);
        }
    }

    async Task PostBatchAsync(PendingCommand[] batch)
    {
        using var watched = unsettled.Add(batch);
        batch = Array.FindAll(batch, pending => pending.TrySend());

        if (batch.Length == 0)
            return;

        using var traced = GroupCommitTraces.Begin(batch);
        var sentAt = metrics.NoteSent(batch);
        Backend? backend = null;
        PostingRow[] decisions;

        try
        {
            await using var session = sessions.Begin();
            backend = await session.OpenAsync();
            decisions = await session.RunAsync(
                db => statementOf[batch[0].Kind].ExecuteAsync(db, PendingCommand.GroupOf(batch)), database.StatementDeadline);
        }
        catch (PostgresException refusal) when (RolledBack(refusal))
        {
            await RetryAsync(batch, refusal);
            return;
        }
        catch (Exception away) when (backend is null)
        {
            LogAway(away, batch.Length);
            await PutBackLaterAsync(batch);
            return;
        }
        catch (Exception lost)
        {
            // Whatever it is, the driver's own faults included: the statement may have landed all the same.
            LogLost(lost.Message, batch.Length);
            metrics.NoteLost();
            LedgerSessions.Forget(backend!.Value.Host);
            _ = SettleAsync(batch, backend);
            return;
        }

        metrics.NoteDone(batch, sentAt);
        Deliver(batch, decisions);
        posted.Tell(batch, decisions);
    }

    /// <summary>Answers what is decided, and sees to the rest.</summary>
    void Deliver(PendingCommand[] batch, PostingRow[] decisions)
    {
        List<PendingCommand> repeats = [];
        List<PostingRow> undecided = [];
        List<(PendingCommand PendingCommand, PostingRow PostingRow)> doubted = [];

        foreach (var decision in decisions)
        {
            var pending = batch[decision.Ordinal - 1];

            if (decision.IsRepeat)
                repeats.Add(pending);
            else if (pending.WasLost && decision.Outcome is not (null or PostingRow.Posted))
                doubted.Add((pending, decision));
            else if (decision.Outcome is not null)
                pending.Resolve(decision);
            else
                undecided.Add(decision);
        }

        foreach (var decision in undecided.OrderBy(decision => decision.Ordinal))
        {
            var pending = batch[decision.Ordinal - 1];

            if (!pending.TryRequeue())
                continue;

            if (decision.LockedId is { } account)
                queue.SetAside(pending, account);
            else
                queue.PutBack(pending);
        }

        metrics.NoteDecidedAgain(undecided.Count(decision => decision.LockedId is null));

        if (undecided.Count > 0)
            SendIfIdle();

        if (repeats.Count > 0)
            _ = ReplayAsync([.. repeats]);

        if (doubted.Count > 0)
            _ = RefuseAsync([.. doubted]);
    }

    /// <summary>
    /// Before refusing a retried command, checks whether its first attempt committed; otherwise a caller could
    /// get <c>insufficient_funds</c> because of its own transfer.
    /// </summary>
    async Task RefuseAsync((PendingCommand PendingCommand, PostingRow PostingRow)[] doubted)
    {
        var commands = Array.ConvertAll(doubted, one => one.PendingCommand);
        using var watched = unsettled.Add(commands);
        await recovery.SettleAsync(commands, null);

        foreach (var (pending, decision) in doubted)
            pending.Resolve(decision);
    }

    /// <summary>Puts commands back that the database does not take now. It is known that none was posted.</summary>
    async Task PutBackLaterAsync(PendingCommand[] commands)
    {
        using var watched = unsettled.Add(commands);
        Array.ForEach(commands, pending => pending.TryRequeue());
        await Task.Delay(RetryEvery);
        PutBack(commands);
    }

    void PutBack(PendingCommand[] commands)
    {
        foreach (var pending in commands)
        {
            if (pending.TryRequeue())
                queue.PutBack(pending);
        }

        SendIfIdle();
    }

    /// <summary>Whether the server says that the statement failed and took back all that it did.</summary>
    static bool RolledBack(PostgresException refusal) => refusal.InvariantSeverity is "ERROR";

    /// <summary>
    /// Tries a statement again that failed as a whole. Where trying again may help, all of it goes back; else
    /// it is split, so that one bad command never fails its neighbours.
    /// </summary>
    async Task RetryAsync(PendingCommand[] batch, PostgresException refusal)
    {
        if (batch.Length > 1 && !refusal.IsReadOnly())
        {
            Array.ForEach(batch, pending => pending.TryRequeue());
            _ = PostBesideAsync(batch[..(batch.Length / 2)]);
            _ = PostBesideAsync(batch[(batch.Length / 2)..]);
        }
        else if (refusal.IsAway())
        {
            LogAway(refusal, batch.Length);
            await PutBackLaterAsync(batch);
        }
        else if (refusal is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "transactions_pkey" })
        {
            _ = SettleAsync(batch, session: null);
        }
        else
        {
            // The request logs it, under its own trace id.
            batch[0].Fail(refusal);
        }
    }

    async Task PostBesideAsync(PendingCommand[] batch)
    {
        using var watched = unsettled.Add(batch);
        await beside.WaitAsync();

        try
        {
            await SendBatchAsync(batch);
        }
        finally
        {
            beside.Release();
        }
    }

    /// <summary>Gives the first answer again, or refuses a key that stands for another command.</summary>
    async Task ReplayAsync(PendingCommand[] repeats)
    {
        using var watched = unsettled.Add(repeats);
        await beside.WaitAsync();

        try
        {
            await using var session = sessions.Begin();
            await session.OpenAsync();
            var answers = await session.RunAsync(
                db => ReplayQuery.FindAsync(db, repeats), database.StatementDeadline);

            foreach (var first in answers)
            {
                var repeat = repeats[first.Ordinal - 1];

                if (first.Outcome is not null)
                    repeat.Resolve(first);
                else
                    repeat.Fail(IdempotencyRules.Reused());
            }
        }
        catch (Exception away)
        {
            LogAway(away, repeats.Length);
            await Task.Delay(RetryEvery);
        }
        finally
        {
            beside.Release();
        }

        PutBack(repeats);
    }

    /// <summary>Finds out what became of commands whose connection was lost, and sends the others again.</summary>
    async Task SettleAsync(PendingCommand[] lost, Backend? session)
    {
        using var watched = unsettled.Add(lost);
        await recovery.SettleAsync(lost, session);
        Array.ForEach(lost, pending => pending.WasLost = true);
        PutBack(lost);
    }

    [LoggerMessage(
        LogLevel.Warning, "Lost the connection under {Count} commands, looking for what landed: {Reason}")]
    partial void LogLost(string reason, int count);

    [LoggerMessage(LogLevel.Debug, "The database does not answer yet; {Count} commands wait for it")]
    partial void LogAway(Exception away, int count);

    [LoggerMessage(LogLevel.Error, "Could not post a command")]
    partial void LogFault(Exception fault);
}

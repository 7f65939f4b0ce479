using Bank.Infrastructure.Data;
using Bank.Infrastructure.Problems;
using Npgsql;

namespace Bank.Infrastructure.Ledger;

/// <summary>
/// Posts commands in groups: those that arrive while a statement is on its way go out together in the next
/// one, and share its planning, its round trip and its commit. A lone command goes at once; nobody waits for
/// a timer. Every caller gets its own answer, after the commit, exactly once.
/// </summary>
sealed partial class GroupCommit<TCommand, TOutcome>(
    IMoneyStatement<TCommand, TOutcome> statement,
    LedgerSessions sessions,
    GroupCommitOptions options,
    DatabaseOptions database,
    ILogger<GroupCommit<TCommand, TOutcome>> log) : IHostedService
    where TOutcome : struct, Enum
{
    static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(100);

    readonly CommandQueue<Pending<TCommand, TOutcome>> queue =
        new(options.StatementsInFlight, options.LargestBatch, options.QueueCapacity);

    /// <summary>Posts a command; the answer comes after its commit.</summary>
    /// <exception cref="ProblemException">
    /// The queue is full, the key belongs to another command, or the database stayed away for longer than
    /// <see cref="DatabaseOptions.CommitTimeout"/>.
    /// </exception>
    public Task<Answer<TOutcome>> PostAsync(TCommand command, IdempotencyKey? key = null)
    {
        var pending = new Pending<TCommand, TOutcome>(command, key, database.CommitTimeout);

        if (!queue.TryAdd(pending, out var mustSend))
            throw new ProblemException(Problem.Overloaded) { RetryAfter = RetryAfter };

        if (mustSend)
            _ = SendAsync();

        return pending.Answer;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Accepts nothing more and waits until everything that was accepted is answered.</summary>
    public Task StopAsync(CancellationToken cancellationToken) =>
        queue.CloseAsync().WaitAsync(cancellationToken);

    static TimeSpan RetryAfter => TimeSpan.FromSeconds(1);

    /// <summary>Sends one batch after the other until nothing waits.</summary>
    async Task SendAsync()
    {
        while (queue.Take() is { } batch)
            await PostAsync(batch);
    }

    async Task PostAsync(Pending<TCommand, TOutcome>[] batch)
    {
        batch = GiveUpOverdue(batch);

        if (batch.Length == 0)
            return;

        var processId = 0;
        Decision<TOutcome>[] decisions;

        try
        {
            await using var session = sessions.Begin();
            processId = await session.OpenAsync();
            Mark(batch, wasSent: true);
            decisions = await statement.PostAsync(session.Db, new Batch<TCommand>(batch));
            session.ThrowIfLost();
        }
        catch (PostgresException refusal) when (RolledBack(refusal))
        {
            Mark(batch, wasSent: false);
            await SplitAsync(batch, refusal);
            return;
        }
        catch (Exception lost)
        {
            // Whatever it is, the driver's own faults included: the statement may have landed all the same.
            LogLost(lost, batch.Length);
            await RecoverAsync(batch, processId);
            return;
        }

        var repeats = Deliver(batch, decisions);

        if (repeats.Count > 0)
            await ReplayAsync(repeats);
    }

    static void Mark(IEnumerable<Pending<TCommand, TOutcome>> commands, bool wasSent)
    {
        foreach (var pending in commands)
            pending.WasSent = wasSent;
    }

    /// <summary>
    /// Answers what is decided, puts back what is not, and returns the repeats of claimed keys.
    /// </summary>
    List<Pending<TCommand, TOutcome>> Deliver(
        Pending<TCommand, TOutcome>[] batch, Decision<TOutcome>[] decisions)
    {
        List<Pending<TCommand, TOutcome>> repeats = [];
        List<Decision<TOutcome>> undecided = [];

        foreach (var decision in decisions)
        {
            var pending = batch[decision.Ordinal - 1];

            if (decision.IsRepeat)
                repeats.Add(pending);
            else if (decision.Outcome is { } outcome)
                pending.Resolve(outcome, decision.Balance, decision.CreatedAt);
            else
                undecided.Add(decision);
        }

        Pending<TCommand, TOutcome>[] again =
        [
            .. undecided
                .OrderBy(decision => decision.Ordinal)
                .Select(decision => batch[decision.Ordinal - 1]),
        ];
        Mark(again, wasSent: false);
        queue.PutBack(again);

        return repeats;
    }

    /// <summary>Gives the first answer again, or refuses a key that stands for another command.</summary>
    async Task ReplayAsync(List<Pending<TCommand, TOutcome>> repeats)
    {
        try
        {
            await using var session = sessions.Begin();
            var keys = repeats.ConvertAll(repeat => repeat.Key!);

            foreach (var first in await FirstAnswerQuery.FindAsync<TOutcome>(session.Db, keys))
                first.AnswerTo(repeats[(int)first.Ordinal - 1]);
        }
        catch (Exception lost)
        {
            LogLost(lost, repeats.Count);
            await Task.Delay(RetryEvery);
        }

        queue.PutBack(GiveUpOverdue([.. repeats.Where(repeat => !repeat.Answer.IsCompleted)]));
    }

    /// <summary>Whether the server says that the statement failed and took back all that it did.</summary>
    static bool RolledBack(PostgresException refusal) => refusal.InvariantSeverity is "ERROR";

    /// <summary>
    /// Tries the halves of a batch that failed as a whole, so that one bad command never fails its
    /// neighbours. A single command is tried again where that may help, and looked for where it seems to be
    /// there already.
    /// </summary>
    async Task SplitAsync(Pending<TCommand, TOutcome>[] batch, PostgresException refusal)
    {
        if (batch.Length > 1)
        {
            await PostAsync(batch[..(batch.Length / 2)]);
            await PostAsync(batch[(batch.Length / 2)..]);
        }
        else if (refusal.SqlState == PostgresErrorCodes.UniqueViolation && !batch[0].IsOverdue)
        {
            await RecoverAsync(batch, processId: 0);
        }
        else if (refusal.IsTransient || refusal.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            await Task.Delay(RetryEvery);
            queue.PutBack(GiveUpOverdue(batch));
        }
        else
        {
            LogFault(refusal);
            batch[0].Fail(refusal);
        }
    }

    /// <summary>
    /// Settles a batch whose connection was lost: what landed is answered, what did not is sent again, and
    /// what cannot be found out by its deadline is given up. It goes on until the lost session has been
    /// ended, also when no caller is left, unless the process stops; and meanwhile it gives up those whose
    /// time runs out in the queue.
    /// </summary>
    async Task RecoverAsync(Pending<TCommand, TOutcome>[] batch, int processId)
    {
        sessions.Forget();

        while (!await TrySettleAsync(batch, processId) && (batch.Length > 0 || !queue.IsClosed))
        {
            await Task.Delay(RetryEvery);
            batch = GiveUpOverdue(batch);
            GiveUpOverdue(queue.TakeWhere(pending => pending.IsOverdue));
        }

        await Task.Delay(RetryEvery);
    }

    /// <summary>Finds out what landed; false when the database does not answer yet.</summary>
    async Task<bool> TrySettleAsync(Pending<TCommand, TOutcome>[] batch, int processId)
    {
        try
        {
            await using var session = sessions.Begin();
            var ids = Array.ConvertAll(batch, pending => pending.Id);
            var landed = await LandedQuery.FindAsync(session.Db, processId, ids);

            foreach (var pending in batch)
            {
                if (landed.TryGetValue(pending.Id, out var transaction))
                    pending.Resolve(statement.Posted, transaction.Balance, transaction.CreatedAt);
            }
        }
        catch (Exception away)
        {
            LogAway(away, batch.Length);
            return false;
        }

        // The session is over: what is not in the ledger now never will be, unless it is sent again.
        var lost = Array.FindAll(batch, pending => !pending.Answer.IsCompleted);
        Mark(lost, wasSent: false);
        queue.PutBack(lost);
        return true;
    }

    /// <summary>Fails those whose time is over, and returns the others.</summary>
    Pending<TCommand, TOutcome>[] GiveUpOverdue(Pending<TCommand, TOutcome>[] batch)
    {
        foreach (var pending in batch.Where(pending => pending.IsOverdue))
        {
            var problem = pending.WasSent ? Problem.OutcomeUnknown(pending.Id) : Problem.DatabaseUnavailable;
            pending.Fail(new ProblemException(problem) { RetryAfter = database.StatementTimeout });
        }

        return Array.FindAll(batch, pending => !pending.Answer.IsCompleted);
    }

    [LoggerMessage(LogLevel.Warning, "Lost the connection under {Count} commands; looking for what landed")]
    partial void LogLost(Exception lost, int count);

    [LoggerMessage(LogLevel.Debug, "The database does not answer yet; {Count} commands wait for it")]
    partial void LogAway(Exception away, int count);

    [LoggerMessage(LogLevel.Error, "Could not post a command")]
    partial void LogFault(Exception fault);
}

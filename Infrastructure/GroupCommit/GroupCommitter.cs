using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// Accepts commands and returns their results: every caller gets its own, after the commit, exactly once.
/// <see cref="GroupSender"/> posts the accepted commands in groups.
/// </summary>
sealed partial class GroupCommitter(
    CommandQueue queue,
    GroupSender sender,
    TakenCommands taken,
    InFlightLimiter limiter,
    GroupCommitMetrics metrics,
    DatabaseOptions database,
    TimeProvider time,
    ILogger<GroupCommitter> log) : BackgroundService
{
    static readonly TimeSpan ExpiryInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Posts a command and returns its result after the commit.</summary>
    /// <param name="command">The command.</param>
    /// <param name="key">The idempotency key that it was sent with, if it was.</param>
    /// <param name="spent">
    /// How much of <see cref="DatabaseOptions.CommitTimeout"/> the request has already used.
    /// </param>
    /// <exception cref="ProblemException">
    /// The queue is full, the caller has too many commands in flight, the key belongs to another command, or
    /// the outcome was not known within <see cref="DatabaseOptions.CommitTimeout"/>.
    /// </exception>
    public async Task<PostingResult> PostAsync(
        MoneyCommand command, IdempotencyKey? key = null, TimeSpan spent = default)
    {
        using var lease = limiter.Acquire(command.CallerId, command.TransactionCount);
        var set = new CommandSet(1, database.CommitTimeout - spent, time);
        var pending = new PendingCommand(command, key, set);

        if (!queue.TryAdd(pending, out var mustSend))
            throw Overloaded(command);

        try
        {
            if (mustSend)
                sender.Start();

            await set.Completed;
            return metrics.Record(command, pending.Result);
        }
        catch (Exception failure)
        {
            metrics.Record(command, failure);
            throw;
        }
        finally
        {
            queue.MarkCompleted();
        }
    }

    /// <summary>
    /// Posts the commands of a bulk, each on its own, and returns their results when all of them have one.
    /// </summary>
    /// <param name="commands">The commands, all of one kind and of one caller.</param>
    /// <param name="keys">The key of each command, if it has one.</param>
    /// <param name="isRepeat">Whether the bulk may have been posted before, or a part of it.</param>
    /// <param name="spent">
    /// How much of <see cref="DatabaseOptions.CommitTimeout"/> the request has already used.
    /// </param>
    /// <exception cref="ProblemException">
    /// There is no room for so many commands, or the caller has too many in flight; nothing was posted.
    /// </exception>
    public async Task<PostingResult[]> PostAllAsync(
        MoneyCommand[] commands, IdempotencyKey?[] keys, bool isRepeat = false, TimeSpan spent = default)
    {
        using var lease = limiter.AcquireBulk(commands[0].CallerId, commands.Length);
        var set = new CommandSet(commands.Length, database.CommitTimeout - spent, time, isBulk: true);
        PendingCommand[] bulk =
            [.. commands.Zip(keys, (command, key) => new PendingCommand(command, key, set))];

        if (!queue.TryReserve(bulk.Length))
            throw Overloaded(commands);

        try
        {
            if (isRepeat)
                sender.Replay(bulk);
            else if (queue.Add(bulk))
                sender.Start();

            await set.Completed;

            if (Array.Find(bulk, pending => pending.Failure is not (null or ProblemException)) is { } failed)
                LogFault(failed.Failure!);

            return Array.ConvertAll(
                bulk, pending => metrics.Record(pending.Command, pending.ResultOrProblem));
        }
        finally
        {
            queue.MarkCompleted(bulk.Length);
        }
    }

    /// <summary>Accepts nothing more and waits until every accepted command has a result.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await queue.CloseAsync().WaitAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    /// <summary>Expires the commands whose time is over, wherever they are.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(ExpiryInterval);

        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var isAnswering = queue.WasAnsweredWithin(database.CommitTimeout / 2);

            // A repeat asks for the first attempt's id. The statement timeout becomes Retry-After.
            foreach (var command in queue.TakeOverdue().Concat(taken.Overdue()))
                command.Expire(taken.FirstIdOf(command), database.StatementTimeout, isAnswering);
        }
    }

    ProblemException Overloaded(params MoneyCommand[] commands)
    {
        var problem = new ProblemException(Problem.Overloaded);
        Array.ForEach(commands, command => metrics.Record(command, problem));

        return problem;
    }

    [LoggerMessage(43, LogLevel.Error, "Could not post a command")]
    partial void LogFault(Exception fault);
}

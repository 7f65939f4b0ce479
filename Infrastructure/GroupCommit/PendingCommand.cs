using System.Runtime.ExceptionServices;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>An accepted command, whose caller waits for the result.</summary>
/// <param name="command">The command.</param>
/// <param name="key">The idempotency key, if the caller sent one.</param>
/// <param name="set">The commands of the same request.</param>
sealed class PendingCommand(MoneyCommand command, IdempotencyKey? key, CommandSet set)
{
    const int Waiting = 0;
    const int Sent = 1;
    const int Refused = 2;

    int state = Waiting;
    bool wasSent;
    object? resultOrFailure;

    /// <summary>
    /// The id of the command's transaction, or of the first of several: a UUIDv7 made before anything is
    /// sent, so that after a lost connection it tells whether the command committed.
    /// </summary>
    public Guid Id { get; } = command.NewId();

    public MoneyCommand Command { get; } = command;

    /// <summary>The parameters of the query that posts several of them.</summary>
    public static CommandGroup GroupOf(PendingCommand[] commands) =>
        new(Array.ConvertAll(commands, one => new GroupedCommand(one.Id, one.Command, one.Key)));

    /// <summary>The query that posts it.</summary>
    public IMoneyQuery Query => Command.Query;

    public IdempotencyKey? Key { get; } = key;

    public CommandSet Set { get; } = set;

    /// <summary>Whether it has a result or has failed, so that its caller need not wait for it.</summary>
    public bool IsCompleted => Volatile.Read(ref resultOrFailure) is not null;

    /// <summary>Why it has no result; null while it is pending or when it has one.</summary>
    public Exception? Failure => Volatile.Read(ref resultOrFailure) as Exception;

    /// <summary>The result, after the commit.</summary>
    /// <exception cref="Exception">The command failed (<see cref="Failure"/>).</exception>
    public PostingResult Result
    {
        get
        {
            if (Failure is { } failure)
                ExceptionDispatchInfo.Throw(failure);

            return (PostingResult)resultOrFailure!;
        }
    }

    /// <summary>The result, or the problem of the failure as a result.</summary>
    public PostingResult ResultOrProblem => Failure is { } failure
        ? PostingResult.FromProblem((failure as ProblemException)?.Problem ?? Problem.InternalError)
        : Result;

    /// <summary>Whether it was sent before on a connection that was lost.</summary>
    public bool WasInDoubt { get; set; }

    /// <summary>
    /// When it was first parked, in the milliseconds of <see cref="CommandQueue"/>; null if never.
    /// </summary>
    public long? ParkedAt { get; set; }

    /// <summary>Whether it is alone in its group, because one of its rows is suspect.</summary>
    public bool IsSuspect { get; set; }

    /// <summary>Whether the database was not available when it was last sent.</summary>
    public bool WasUnavailable { get; set; }

    /// <summary>Whether a group with it waited for a lock.</summary>
    public bool WaitedForLock { get; set; }

    /// <summary>The rows that it locks or writes and that other commands may need too.</summary>
    public IEnumerable<LockedRow> Rows
    {
        get
        {
            foreach (var account in Command.AccountIds)
                yield return LockedRow.Account(account);

            if (Command.HoldId is { } hold)
                yield return LockedRow.Hold(hold);

            if (Key is { } key)
                yield return LockedRow.Key(key);

            if (Command.GoesAlone)
                yield return LockedRow.AnyOf(Id);
        }
    }

    /// <summary>The rows for which its query may have waited instead of skipping them.</summary>
    public IEnumerable<LockedRow> PostedRows => Command.GoesAlone
        ? [LockedRow.AnyOf(Id)]
        : Command.AccountIds.Select(LockedRow.Account);

    /// <summary>Whether the time within which its outcome must be known is over.</summary>
    public bool IsOverdue => Set.IsOverdue(TimeSpan.Zero);

    /// <summary>
    /// Marks it as sent; false when it was refused in the meantime, after which it must not be sent.
    /// </summary>
    public bool TryMarkSent() => Interlocked.CompareExchange(ref state, Sent, Waiting) == Waiting;

    /// <summary>Marks its first sending; false on every later one.</summary>
    public bool TryMarkFirstSent() => !wasSent && (wasSent = true);

    /// <summary>
    /// Marks it as waiting again, since the query is known not to have posted it. False when it was completed
    /// in the meantime, for example with an unknown outcome, after which it must not be sent again.
    /// </summary>
    public bool TryRequeue()
    {
        Interlocked.CompareExchange(ref state, Waiting, Sent);
        return !IsCompleted;
    }

    /// <summary>Whether an id is the id of one of the command's transactions.</summary>
    public bool Contains(Guid? transactionId) => transactionId is { } id
        && (id == Id || (Command.TransactionCount > 1 && BatchIds.At(id, 0) == Id));

    /// <summary>Completes it with the row that the database returned for it.</summary>
    public void Resolve(PostingRow row)
    {
        var id = row.TransactionId ?? Id;
        var isPosted = row.Outcome == PostingRow.Posted;

        // A command that was sent again after a lost connection may find its own first attempt: no replay.
        var originalTraceId = Contains(row.TransactionId) ? null : row.TraceId;
        Complete(new PostingResult(
            row.Outcome!, id, row.CreatedAt ?? default, isPosted ? Command.TransactionsOf(id, row) : [],
            originalTraceId));
    }

    /// <summary>
    /// Completes it with a problem that says that nothing was done; does nothing once it was sent.
    /// </summary>
    public void Refuse(Problem problem)
    {
        if (Interlocked.CompareExchange(ref state, Refused, Waiting) == Waiting)
            Fail(new ProblemException(problem));
    }

    /// <summary>
    /// Completes it when its time is over: nothing was done if it was not sent, else its outcome is unknown.
    /// </summary>
    /// <param name="transactionId">The id to ask for: of the first command with the same key.</param>
    /// <param name="retryAfter">After which time to ask.</param>
    /// <param name="isAnswering">Whether the database answers the queries of other commands.</param>
    public void Expire(Guid transactionId, TimeSpan retryAfter, bool isAnswering)
    {
        Refuse(
            WasUnavailable || !isAnswering ? Problem.DatabaseUnavailable
            : ParkedAt is null ? Problem.Overloaded
            : LedgerProblems.AccountBusy);

        if (Volatile.Read(ref state) == Sent)
            Fail(new ProblemException(LedgerProblems.OutcomeUnknown(Command.OutcomeHint(transactionId)))
            {
                RetryAfter = retryAfter,
            });
    }

    public void Fail(Exception exception) => Complete(exception);

    /// <summary>Only the first completion counts.</summary>
    void Complete(object what)
    {
        if (Interlocked.CompareExchange(ref resultOrFailure, what, null) is null)
            Set.MarkCompleted();
    }
}

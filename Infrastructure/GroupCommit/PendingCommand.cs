using System.Runtime.ExceptionServices;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>A command on its way to the ledger, whose caller waits for the answer.</summary>
/// <param name="command">What is asked.</param>
/// <param name="key">The idempotency key, if the caller sent one.</param>
/// <param name="set">The commands of the request that it came with.</param>
sealed class PendingCommand(MoneyCommand command, IdempotencyKey? key, CommandSet set)
{
    const int Waiting = 0;
    const int Sent = 1;
    const int Refused = 2;

    int state = Waiting;
    bool wasSent;
    object? told;

    /// <summary>
    /// The id that the command's transaction gets, or the first of them, a UUIDv7 made before anything is
    /// sent, so that after a lost connection it tells whether the command landed.
    /// </summary>
    public Guid Id { get; } = command.NewId();

    public MoneyCommand Command { get; } = command;

    /// <summary>The parameters of the query that posts several of them.</summary>
    public static CommandGroup GroupOf(PendingCommand[] commands) =>
        new(Array.ConvertAll(commands, one => new GroupedCommand(one.Id, one.Command, one.Key)));

    /// <summary>What kind of command it is, which says whose statement posts it.</summary>
    public Type Kind => Command.GetType();

    public IdempotencyKey? Key { get; } = key;

    public CommandSet Set { get; } = set;

    /// <summary>Whether its caller has been told what became of it.</summary>
    public bool IsAnswered => Volatile.Read(ref told) is not null;

    /// <summary>What its caller is told instead of an answer; null where there is one.</summary>
    public Exception? Failure => Volatile.Read(ref told) as Exception;

    /// <summary>The answer, after the commit.</summary>
    /// <exception cref="Exception">What its caller is told instead.</exception>
    public PostingResult Result
    {
        get
        {
            if (Failure is { } failure)
                ExceptionDispatchInfo.Throw(failure);

            return (PostingResult)told!;
        }
    }

    /// <summary>The answer, or one that says what its caller is told instead.</summary>
    public PostingResult ResultOrProblem => Failure is { } failure
        ? PostingResult.FromProblem(failure is ProblemException told ? told.Problem : Problem.InternalError)
        : Result;

    /// <summary>Whether it was sent on a connection that was lost, and is sent again.</summary>
    public bool WasLost { get; set; }

    /// <summary>When it was first set aside, in milliseconds of the system's uptime; null if never.</summary>
    public long? SetAsideAt { get; set; }

    /// <summary>Whether the time is over in which its outcome must be known.</summary>
    public bool IsOverdue => IsOverdueFor(TimeSpan.Zero);

    /// <summary>Whether that time has been over for so long.</summary>
    public bool IsOverdueFor(TimeSpan time) => Set.IsOverdueFor(time);

    /// <summary>
    /// Claims it for a statement; false when its caller has been told meanwhile that nothing happened.
    /// </summary>
    public bool TrySend() => Interlocked.CompareExchange(ref state, Sent, Waiting) == Waiting;

    /// <summary>Takes note that it was sent; true the first time.</summary>
    public bool TryNoteFirstSent() => !wasSent && (wasSent = true);

    /// <summary>
    /// Takes back that it was sent: the statement is known not to have posted it. False when its caller has
    /// been told meanwhile that its outcome is unknown, after which it must not be sent again.
    /// </summary>
    public bool TryRequeue()
    {
        Interlocked.CompareExchange(ref state, Waiting, Sent);
        return !IsAnswered;
    }

    /// <summary>Whether an id is of one of the command's transactions.</summary>
    public bool Owns(Guid? transactionId) => transactionId is { } id
        && (id == Id || (Command.Transactions > 1 && BatchIds.At(id, 0) == Id));

    /// <summary>Answers with what became of the command.</summary>
    public void Resolve(PostingRow decision) => Tell(new PostingResult(
        decision.Outcome!, decision.TransactionId ?? Id,
        decision.Balance ?? 0, decision.CreatedAt ?? default,
        // A command that was sent again after a lost connection may find the answer that it gave itself.
        Owns(decision.TransactionId) ? null : decision.TraceId,
        decision.Amount,
        decision.Balances is { } balances ? Array.ConvertAll(balances, Cents.ToAmount) : null));

    /// <summary>Answers that nothing was done, unless it may have been.</summary>
    public void Refuse(Problem problem)
    {
        if (Interlocked.CompareExchange(ref state, Refused, Waiting) == Waiting)
            Fail(new ProblemException(problem) { RetryAfter = TimeSpan.FromSeconds(1) });
    }

    /// <summary>
    /// Answers what is known when its time is over: that nothing was done, or that it may have been.
    /// </summary>
    /// <param name="transactionId">Of the transaction to ask for: that of the first command with its key.</param>
    /// <param name="retryAfter">When to ask.</param>
    public void Expire(Guid transactionId, TimeSpan retryAfter)
    {
        Refuse(SetAsideAt is null ? Problem.DatabaseUnavailable : LedgerProblems.AccountBusy);

        if (Volatile.Read(ref state) == Sent)
            Fail(new ProblemException(LedgerProblems.OutcomeUnknown(Command.HowToAsk(transactionId))) { RetryAfter = retryAfter });
    }

    public void Fail(Exception exception) => Tell(exception);

    /// <summary>Only what is told first counts.</summary>
    void Tell(object what)
    {
        if (Interlocked.CompareExchange(ref told, what, null) is null)
            Set.NoteAnswered();
    }
}

namespace Bank.Infrastructure.Ledger;

/// <summary>A command whose caller waits for the answer.</summary>
sealed class Pending<TCommand, TOutcome>(TCommand command, IdempotencyKey? key, TimeSpan timeout)
    : Posting<TCommand>(command, key)
    where TOutcome : struct, Enum
{
    // Callers go on elsewhere: the next statement must not wait until they have written their answers.
    readonly TaskCompletionSource<Answer<TOutcome>> answer =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;

    /// <summary>The answer, after the commit.</summary>
    public Task<Answer<TOutcome>> Answer => answer.Task;

    /// <summary>Whether it was ever sent, so that it may have landed unseen.</summary>
    public bool WasSent { get; set; }

    /// <summary>Whether the time is over in which its outcome must be known.</summary>
    public bool IsOverdue => Environment.TickCount64 >= deadline;

    public void Resolve(TOutcome outcome, decimal? balance = null, DateTimeOffset? createdAt = null) =>
        Resolve(new Answer<TOutcome>(outcome, Id, balance ?? 0, createdAt ?? default));

    public void Resolve(Answer<TOutcome> known) => answer.TrySetResult(known);

    public void Fail(Exception exception) => answer.TrySetException(exception);
}

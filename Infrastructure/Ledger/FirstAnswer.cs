using Bank.Infrastructure.Problems;
using LinqToDB.Mapping;

namespace Bank.Infrastructure.Ledger;

/// <summary>What a key stands for: the first answer to it.</summary>
sealed class FirstAnswer<TOutcome>
    where TOutcome : struct, Enum
{
    [Column("ordinal")]
    public long Ordinal { get; set; }

    /// <summary>How the first request was decided; null when it was another one.</summary>
    [Column("outcome")]
    public TOutcome? Outcome { get; set; }

    [Column("transaction_id")]
    public Guid TransactionId { get; set; }

    [Column("trace_id")]
    public string TraceId { get; set; } = "";

    [Column("balance")]
    public decimal? Balance { get; set; }

    [Column("created_at")]
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>Answers a repeated command, or refuses it where its key stands for another one.</summary>
    public void AnswerTo<TCommand>(Pending<TCommand, TOutcome> repeat)
    {
        // A command that was sent again after a lost connection may find the answer that it gave itself.
        var traceId = TransactionId == repeat.Id ? null : TraceId;

        if (Outcome is { } outcome)
            repeat.Resolve(new Answer<TOutcome>(
                outcome, TransactionId, Balance ?? 0, CreatedAt ?? default, traceId));
        else
            repeat.Fail(new ProblemException(
                Problem.IdempotencyKeyReused,
                new FieldError(IdempotencyRules.Header, "was already used for another request")));
    }
}

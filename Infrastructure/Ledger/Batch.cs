namespace Bank.Infrastructure.Ledger;

/// <summary>
/// The commands of one statement, as the columns that the statement's arrays want. A command's ordinal is its
/// place in all of them, from 1.
/// </summary>
sealed class Batch<TCommand>(IReadOnlyList<Posting<TCommand>> postings)
{
    /// <summary>The ids that the transactions get.</summary>
    public Guid[] Ids { get; } = Column(postings, posting => posting.Id);

    /// <summary>
    /// The idempotency keys; empty when no command of the batch has one, which SQL reads as null.
    /// </summary>
    public string?[] Keys { get; } = KeyColumn(postings, posting => posting.Key?.Key);

    /// <summary>The fingerprints that belong to <see cref="Keys"/>.</summary>
    public string?[] Fingerprints { get; } = KeyColumn(postings, posting => posting.Key?.Fingerprint);

    /// <summary>The trace ids that belong to <see cref="Keys"/>.</summary>
    public string?[] TraceIds { get; } = KeyColumn(postings, posting => posting.Key?.TraceId);

    /// <summary>One field of every command.</summary>
    public TValue[] Column<TValue>(Func<TCommand, TValue> field) =>
        Column(postings, posting => field(posting.Command));

    static TValue[] Column<TValue>(
        IReadOnlyList<Posting<TCommand>> postings, Func<Posting<TCommand>, TValue> field)
    {
        var column = new TValue[postings.Count];

        for (var index = 0; index < column.Length; index++)
            column[index] = field(postings[index]);

        return column;
    }

    static TValue?[] KeyColumn<TValue>(
        IReadOnlyList<Posting<TCommand>> postings, Func<Posting<TCommand>, TValue?> field) =>
        postings.Any(posting => posting.Key is not null) ? Column(postings, field) : [];
}

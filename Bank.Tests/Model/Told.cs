using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;

namespace Bank.Tests.Model;

/// <summary>What a caller was told; of a batch, of each of its transfers.</summary>
sealed record Told(
    string Outcome, Guid? Id = null, decimal Balance = 0, bool IsRepeat = false, bool IsCapture = false,
    decimal? Amount = null, int Index = 0, Told? Next = null)
{
    /// <summary>The transactions that it was told of.</summary>
    public IEnumerable<Guid> Ids => Id is { } id ? (Next?.Ids ?? []).Prepend(id) : [];

    public static Told Of(PostingResult answer, bool movesMoney, bool isCapture)
    {
        Guid? id = answer.IsPosted && movesMoney ? answer.Id : null;
        return new Told(
            answer.Outcome, id, answer.Balance, answer.ReplayedTraceId is not null, isCapture, answer.Amount);
    }

    public static Told OfBatch(PostingResult answer)
    {
        var isRepeat = answer.ReplayedTraceId is not null;

        if (!answer.IsPosted)
            return new Told(answer.Outcome, IsRepeat: isRepeat, Index: BatchIds.NumberOf(answer.Id));

        var first = answer.Balances!
            .Select((balance, number) => new Told(answer.Outcome, BatchIds.At(answer.Id, number), balance))
            .Reverse().Aggregate((later, told) => told with { Next = later });

        return first with { IsRepeat = isRepeat };
    }

    /// <summary>The answer, with what its transactions recorded if they were posted.</summary>
    public Answer With(IReadOnlyDictionary<Guid, TransactionRow> rows)
    {
        if (Id is not { } id)
            return new Answer(Outcome, IsRepeat: IsRepeat, Index: Index);

        var row = rows[id];
        Balance.ShouldBe((IsCapture ? row.ToBalance : row.FromBalance ?? row.ToBalance)!.Value);
        row.Amount.ShouldBe(Amount ?? row.Amount);
        return new Answer(
            Outcome, Entry(row.FromBalance, row.FromVersion), Entry(row.ToBalance, row.ToVersion), IsRepeat,
            Next: Next?.With(rows));
    }

    static Entry? Entry(decimal? balance, long? version) =>
        balance is null ? null : new Entry(balance.Value, version!.Value);
}

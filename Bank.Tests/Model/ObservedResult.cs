using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;

namespace Bank.Tests.Model;

/// <summary>The bank's result of an operation; a batch has one for each transfer.</summary>
sealed record ObservedResult(
    string Outcome, Guid? Id = null, decimal Balance = 0, bool IsReplay = false, bool IsCapture = false,
    decimal? Amount = null, int Index = 0, ObservedResult? Next = null)
{
    /// <summary>The ids of the posted transactions.</summary>
    public IEnumerable<Guid> Ids => Id is { } id ? (Next?.Ids ?? []).Prepend(id) : [];

    public static ObservedResult From(PostingResult result, bool movesMoney, bool isCapture)
    {
        Guid? id = result.IsPosted && movesMoney ? result.Id : null;
        return new ObservedResult(
            result.Outcome, id, id is null ? 0 : result.Transaction.Balance,
            result.ReplayedTraceId is not null, isCapture, id is null ? null : result.Transaction.Amount);
    }

    public static ObservedResult FromBatch(PostingResult result)
    {
        var isReplay = result.ReplayedTraceId is not null;

        if (!result.IsPosted)
            return new ObservedResult(
                result.Outcome, IsReplay: isReplay, Index: BatchIds.NumberOf(result.Id));

        var first = result.Transactions
            .Select(transaction => new ObservedResult(result.Outcome, transaction.Id, transaction.Balance))
            .Reverse().Aggregate((later, observed) => observed with { Next = later });

        return first with { IsReplay = isReplay };
    }

    /// <summary>Adds the account states that the posted transactions recorded.</summary>
    public OperationResult With(IReadOnlyDictionary<Guid, TransactionRow> rows)
    {
        if (Id is not { } id)
            return new OperationResult(Outcome, IsReplay: IsReplay, Index: Index);

        var row = rows[id];
        Balance.ShouldBe((IsCapture ? row.ToBalance : row.FromBalance ?? row.ToBalance)!.Value);
        row.Amount.ShouldBe(Amount ?? row.Amount);
        return new OperationResult(
            Outcome, Entry(row.FromBalance, row.FromVersion), Entry(row.ToBalance, row.ToVersion), IsReplay,
            Next: Next?.With(rows));
    }

    static Entry? Entry(decimal? balance, long? version) =>
        balance is null ? null : new Entry(balance.Value, version!.Value);
}

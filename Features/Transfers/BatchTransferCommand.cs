using Bank.Infrastructure.Ledger;

namespace Bank.Features.Transfers;

/// <summary>Moves money by several transfers, all of them or none.</summary>
/// <param name="transfers">The transfers, in the order in which they are judged.</param>
sealed class BatchTransferCommand(long callerId, IReadOnlyList<BatchElementRequest> transfers)
    : MoneyCommand(callerId, from: null, to: null, transfers.Sum(transfer => transfer.Amount!.Value))
{
    public IReadOnlyList<BatchElementRequest> Transfers { get; } = transfers;

    public override int Transactions => Transfers.Count;

    public override bool GoesAlone => true;

    public override IEnumerable<long> Accounts =>
        Transfers.SelectMany(transfer => new[] { transfer.From, transfer.To });

    public override Guid NewId() => BatchIds.New();

    public override string HowToAsk(Guid id) =>
        $"GET /transactions/{id}, the first of the batch, answers 503 for as long as that is not known, then "
        + "200 if all of it was posted and 404 if nothing was.";
}

using Bank.Infrastructure.Ledger;

namespace Bank.Features.Transfers;

/// <summary>Several transfers, all posted or none.</summary>
/// <param name="Transfers">The transfers, in the order in which they are judged.</param>
sealed record BatchTransferCommand(IMoneyQuery Query, long CallerId, IReadOnlyList<TransferRequest> Transfers)
    : MoneyCommand(Query, CallerId, From: null, To: null, Transfers.Sum(transfer => transfer.Amount!.Value))
{
    public override int TransactionCount => Transfers.Count;

    public override bool GoesAlone => true;

    public override IEnumerable<long> AccountIds =>
        Transfers.SelectMany(transfer => new[] { transfer.From, transfer.To });

    public override Guid NewId() => BatchIds.New();

    public override int? IndexOf(Guid id) => BatchIds.NumberOf(id);

    public override MoneyCommand RefusedPart(Guid id) =>
        TransferQuery.Command(CallerId, Transfers[BatchIds.NumberOf(id)]);

    public override IReadOnlyList<Transaction> TransactionsOf(Guid id, PostingRow row) =>
        [.. Transfers.Select((transfer, number) => new Transaction(
            null, BatchIds.At(id, number), transfer.From, transfer.To,
            transfer.InCurrency().Write(transfer.Amount!.Value), transfer.Currency,
            transfer.InCurrency().FromMinorUnits(row.Balances![number]), row.CreatedAt!.Value,
            transfer.Reference))];

    public override string OutcomeHint(Guid id) =>
        $"GET /transactions/{id}, the first of the batch, answers 503 until that is known, then 200 if the "
        + "whole batch was posted and 404 if nothing was.";
}

namespace Bank.Features.Transfers;

/// <param name="Transfers">1 to 500 transfers, in the order in which they are judged.</param>
sealed record BatchTransferRequest(IReadOnlyList<TransferRequest> Transfers);

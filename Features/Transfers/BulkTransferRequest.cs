namespace Bank.Features.Transfers;

/// <param name="Transfers">1 to 1000 transfers.</param>
sealed record BulkTransferRequest(IReadOnlyList<TransferRequest> Transfers);

namespace Bank.Features.Transfers;

/// <summary>What became of each transfer of a bulk.</summary>
/// <param name="Results">A result for each transfer, in their order.</param>
sealed record BulkTransferResponse(IReadOnlyList<TransferResult> Results);

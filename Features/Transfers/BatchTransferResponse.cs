using Bank.Infrastructure.Ledger;

namespace Bank.Features.Transfers;

/// <summary>A batch that was posted.</summary>
/// <param name="Transactions">A transaction for each transfer, in their order.</param>
sealed record BatchTransferResponse(IReadOnlyList<Transaction> Transactions);

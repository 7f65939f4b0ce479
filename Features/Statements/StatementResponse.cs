using Bank.Infrastructure.Ledger;

namespace Bank.Features.Statements;

/// <summary>All transactions of an account in a period, with the balances before and after.</summary>
/// <param name="AccountId">The account's id.</param>
/// <param name="Currency">The currency of the amounts; absent without one.</param>
/// <param name="Since">The start of the period, inclusive.</param>
/// <param name="Until">The end of the period, exclusive.</param>
/// <param name="OpeningBalance">The balance before the period.</param>
/// <param name="ClosingBalance">The balance at its end, and the opening balance of the next period.</param>
/// <param name="TotalIn">The total of the received amounts.</param>
/// <param name="TotalOut">The total of the paid amounts.</param>
/// <param name="Transactions">The transactions of the period, oldest first.</param>
sealed record StatementResponse(
    long AccountId, string? Currency, DateTimeOffset Since, DateTimeOffset Until, decimal OpeningBalance,
    decimal ClosingBalance, decimal TotalIn, decimal TotalOut, IAsyncEnumerable<Transaction> Transactions);

using Bank.Infrastructure.Ledger;

namespace Bank.Features.Statements;

/// <summary>All that was posted on an account in a period, between what it held before and after.</summary>
/// <param name="AccountId">The account's id.</param>
/// <param name="Since">Where the period begins: what was posted then is in it.</param>
/// <param name="Until">Where it ends: what was posted then is not in it.</param>
/// <param name="OpeningBalance">What the account held before the period.</param>
/// <param name="ClosingBalance">What it held at its end; the next period opens with it.</param>
/// <param name="TotalIn">What it received in the period.</param>
/// <param name="TotalOut">What it paid.</param>
/// <param name="Transactions">Every transaction of the period, the oldest first.</param>
sealed record StatementResponse(
    long AccountId, DateTimeOffset Since, DateTimeOffset Until, decimal OpeningBalance,
    decimal ClosingBalance, decimal TotalIn, decimal TotalOut, IAsyncEnumerable<Transaction> Transactions);

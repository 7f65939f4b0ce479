namespace Bank.Features.Deposits;

/// <param name="AccountId">The id of the caller's account that receives.</param>
/// <param name="Amount">Greater than 0, at most 999999999999.99, with at most two decimals.</param>
/// <param name="Reference">
/// A text that says what the deposit is for: 1 to 140 characters, at least one visible, no control
/// characters.
/// </param>
sealed record DepositRequest(long AccountId, decimal? Amount, string? Reference = null);

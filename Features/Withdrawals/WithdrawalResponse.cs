namespace Bank.Features.Withdrawals;

/// <summary>A withdrawal that was posted.</summary>
/// <param name="Id">The transaction's id.</param>
/// <param name="From">The account that paid.</param>
/// <param name="Amount">What was paid out.</param>
/// <param name="Balance">What the account holds after it.</param>
/// <param name="CreatedAt">When it was posted.</param>
/// <param name="Reference">What it is for; absent where nothing was said.</param>
sealed record WithdrawalResponse(
    Guid Id, long From, decimal Amount, decimal Balance, DateTimeOffset CreatedAt,
    string? Reference);

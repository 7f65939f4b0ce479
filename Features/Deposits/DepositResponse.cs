namespace Bank.Features.Deposits;

/// <summary>A deposit that was posted.</summary>
/// <param name="Id">The transaction's id.</param>
/// <param name="To">The account that received.</param>
/// <param name="Amount">What was paid in.</param>
/// <param name="Balance">What the account holds after it.</param>
/// <param name="CreatedAt">When it was posted.</param>
/// <param name="Reference">What it is for; absent where nothing was said.</param>
sealed record DepositResponse(
    Guid Id, long To, decimal Amount, decimal Balance, DateTimeOffset CreatedAt,
    string? Reference);

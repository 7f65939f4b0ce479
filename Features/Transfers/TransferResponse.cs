namespace Bank.Features.Transfers;

/// <summary>A transfer that was posted.</summary>
/// <param name="Id">The transaction's id.</param>
/// <param name="From">The account that paid.</param>
/// <param name="To">The account that received.</param>
/// <param name="Amount">What was moved.</param>
/// <param name="Balance">What the paying account holds after it.</param>
/// <param name="CreatedAt">When it was posted.</param>
/// <param name="Reference">What it is for; absent where nothing was said.</param>
sealed record TransferResponse(
    Guid Id, long From, long To, decimal Amount, decimal Balance, DateTimeOffset CreatedAt,
    string? Reference);

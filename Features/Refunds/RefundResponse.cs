namespace Bank.Features.Refunds;

/// <summary>A refund that was posted.</summary>
/// <param name="Id">The refund's own id.</param>
/// <param name="From">The account that had received, and pays back.</param>
/// <param name="To">The account that had paid.</param>
/// <param name="Amount">What was sent back.</param>
/// <param name="Balance">What the account that pays back holds after it.</param>
/// <param name="CreatedAt">When it was posted.</param>
/// <param name="Reference">What it is for; absent where nothing was said.</param>
/// <param name="RefundOf">The id of the transaction that it sends back.</param>
sealed record RefundResponse(
    Guid Id, long From, long To, decimal Amount, decimal Balance, DateTimeOffset CreatedAt,
    string? Reference, Guid RefundOf);

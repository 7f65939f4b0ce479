namespace Bank.Features.History;

/// <summary>A transaction, as the caller sees it.</summary>
/// <param name="Id">The transaction's id.</param>
/// <param name="From">The account that paid; absent on a deposit.</param>
/// <param name="To">The account that received; absent on a withdrawal.</param>
/// <param name="Amount">What was moved.</param>
/// <param name="Balance">What the account that the caller looks from holds after it.</param>
/// <param name="CreatedAt">When it was posted.</param>
/// <param name="Reference">What it is for; absent where nothing was said.</param>
/// <param name="Hold">The id of the hold that was captured; absent on all else.</param>
/// <param name="RefundOf">The id of the transaction that a refund sends back; absent on all else.</param>
/// <param name="Refunded">What was sent back of it so far; absent where nothing was.</param>
/// <param name="Refunds">The ids of its refunds, the latest first and at most 100; absent without any.</param>
sealed record TransactionDetailsResponse(
    Guid Id, long? From, long? To, decimal Amount, decimal Balance, DateTimeOffset CreatedAt,
    string? Reference, Guid? Hold = null, Guid? RefundOf = null, decimal? Refunded = null,
    Guid[]? Refunds = null);

namespace Bank.Features.Holds;

/// <summary>A hold that was captured, as the transaction that moved its money.</summary>
/// <param name="Id">The transaction's id.</param>
/// <param name="From">The account that paid.</param>
/// <param name="To">The account that received.</param>
/// <param name="Amount">What was moved; the rest of the hold is free again.</param>
/// <param name="Balance">What the receiving account holds after it.</param>
/// <param name="CreatedAt">When it was posted.</param>
/// <param name="Reference">What it is for; absent where nothing was said.</param>
/// <param name="Hold">The id of the hold.</param>
sealed record CaptureHoldResponse(
    Guid Id, long From, long To, decimal Amount, decimal Balance, DateTimeOffset CreatedAt,
    string? Reference, Guid Hold);

namespace Bank.Features.Transfers;

/// <summary>A transfer that was posted with the others of its batch.</summary>
/// <param name="Id">The transaction's id.</param>
/// <param name="From">The account that paid.</param>
/// <param name="To">The account that received.</param>
/// <param name="Amount">What was moved.</param>
/// <param name="Balance">What the paying account held after it, before the next of the batch.</param>
/// <param name="CreatedAt">When it was posted; the same for the whole batch.</param>
/// <param name="Reference">What it is for; absent where nothing was said.</param>
sealed record BatchElementResponse(
    Guid Id, long From, long To, decimal Amount, decimal Balance, DateTimeOffset CreatedAt,
    string? Reference);

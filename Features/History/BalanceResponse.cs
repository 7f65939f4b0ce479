namespace Bank.Features.History;

/// <summary>What an account held at a moment.</summary>
/// <param name="AccountId">The account's id.</param>
/// <param name="At">The moment.</param>
/// <param name="Balance">What it held after all that was posted until then.</param>
/// <param name="Sequence">The account's count of transactions until then; 0 before the first.</param>
sealed record BalanceResponse(long AccountId, DateTimeOffset At, decimal Balance, long Sequence);

namespace Bank.Features.Accounts;

/// <summary>One of the caller's accounts.</summary>
/// <param name="Id">The account's id.</param>
/// <param name="Balance">What the account holds now.</param>
/// <param name="Available">The balance without what is held for others.</param>
/// <param name="CreatedAt">When the account was opened.</param>
/// <param name="ClosedAt">When the account was closed; absent while it is open.</param>
sealed record AccountResponse(
    long Id, decimal Balance, decimal Available, DateTimeOffset CreatedAt, DateTimeOffset? ClosedAt);

namespace Bank.Features.Accounts;

/// <param name="Name">
/// The owner's name for the account: 1 to 140 characters, at least one visible, no control characters; none
/// if left out.
/// </param>
/// <param name="Currency">
/// The currency of the account, a code of ISO 4217; without it, the account has the bank's default currency
/// or none. It never changes.
/// </param>
sealed record OpenAccountRequest(string? Name = null, string? Currency = null);

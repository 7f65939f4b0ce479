namespace Bank.Features.Accounts;

/// <param name="Name">
/// The owner's name for the account: 1 to 140 characters, at least one visible, no control characters; none
/// if left out.
/// </param>
sealed record OpenAccountRequest(string? Name = null);

namespace Bank.Features.Holds;

/// <param name="From">The id of the caller's account that pays.</param>
/// <param name="To">The id of the payee's account; anyone's.</param>
/// <param name="Amount">
/// Greater than 0, at most 999999999999.99, with at most two decimals; in a currency, at most 15 digits, with
/// at most its decimals.
/// </param>
/// <param name="ExpiresIn">Seconds until the hold expires: 1 to 2592000; 604800 (a week) if left out.</param>
/// <param name="Reference">
/// A text that says what the hold is for: 1 to 140 characters, at least one visible, no control
/// characters.
/// </param>
/// <param name="Currency">
/// The currency of the amount and of both accounts, a code of ISO 4217; absent if they have none.
/// </param>
sealed record PlaceHoldRequest(
    long From, long To, decimal? Amount, int? ExpiresIn = null, string? Reference = null,
    string? Currency = null);

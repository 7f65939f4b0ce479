using Bank.Infrastructure.Data;

namespace Bank.Features.Transfers;

/// <param name="From">The id of the caller's account that pays.</param>
/// <param name="To">The id of the account that receives; anyone's.</param>
/// <param name="Amount">
/// Greater than 0, at most 999999999999.99, with at most two decimals; in a currency, at most 15 digits, with
/// at most its decimals.
/// </param>
/// <param name="Reference">
/// A text that says what the transfer is for: 1 to 140 characters, at least one visible, no control
/// characters.
/// </param>
/// <param name="Currency">
/// The currency of the amount and of both accounts, a code of ISO 4217; absent if they have none.
/// </param>
sealed record TransferRequest(
    long From, long To, decimal? Amount, string? Reference = null, string? Currency = null)
{
    /// <summary>The currency, once it is known to exist.</summary>
    public Currency InCurrency() => Currencies.From(Currency);
}

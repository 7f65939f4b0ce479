using FastEndpoints;

namespace Bank.Features.Holds;

/// <param name="Id">The hold's id.</param>
/// <param name="Amount">
/// At most the held amount, with at most two decimals or those of its currency; all of it if left out.
/// </param>
/// <param name="Reference">
/// A text that says what the capture is for: 1 to 140 characters, at least one visible, no control
/// characters; the hold's own if left out.
/// </param>
/// <param name="Currency">
/// The hold's currency (ISO 4217), if it has one; it may be left out where the amount is.
/// </param>
sealed record CaptureHoldRequest(
    [property: RouteParam] Guid Id, decimal? Amount = null, string? Reference = null,
    string? Currency = null)
{
    /// <summary>The currency that is meant: without an amount, the hold's.</summary>
    public string? CurrencyOf(HoldResponse hold) => Amount is null ? Currency ?? hold.Currency : Currency;
}

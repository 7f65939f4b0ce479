using FastEndpoints;

namespace Bank.Features.Refunds;

/// <param name="Id">The id of the transaction to refund.</param>
/// <param name="Amount">
/// At most what is left to refund, with at most two decimals or those of its currency; all of it if left out.
/// </param>
/// <param name="Reference">
/// A text that says what the refund is for: 1 to 140 characters, at least one visible, no control
/// characters.
/// </param>
/// <param name="Currency">
/// The transaction's currency (ISO 4217), if it has one; it may be left out where the amount is.
/// </param>
sealed record RefundRequest(
    [property: RouteParam] Guid Id, decimal? Amount = null, string? Reference = null,
    string? Currency = null);

using FastEndpoints;

namespace Bank.Features.Refunds;

/// <param name="Id">The id of the transaction to refund.</param>
/// <param name="Amount">
/// At most what is left to refund, with at most two decimals; all of it if left out.
/// </param>
/// <param name="Reference">
/// A text that says what the refund is for: 1 to 140 characters, at least one visible, no control
/// characters.
/// </param>
sealed record RefundRequest(
    [property: RouteParam] Guid Id, decimal? Amount = null, string? Reference = null);

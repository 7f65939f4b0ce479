using FastEndpoints;

namespace Bank.Features.Holds;

/// <param name="Id">The hold's id.</param>
/// <param name="Amount">At most the held amount, with at most two decimals; all of it if left out.</param>
/// <param name="Reference">
/// A text that says what the capture is for: 1 to 140 characters, at least one visible, no control
/// characters; the hold's own if left out.
/// </param>
sealed record CaptureHoldRequest(
    [property: RouteParam] Guid Id, decimal? Amount = null, string? Reference = null);

using FastEndpoints;

namespace Bank.Features.Holds;

/// <param name="Id">The hold's id.</param>
/// <param name="Amount">At most what is held, with at most two decimals; without one, all that is.</param>
/// <param name="Reference">
/// What it is for: 1 to 140 characters, some visible, no control characters; without one, what the hold is
/// for.
/// </param>
sealed record CaptureHoldRequest(
    [property: RouteParam] Guid Id, decimal? Amount = null, string? Reference = null);

using FastEndpoints;

namespace Bank.Features.Holds;

/// <param name="Id">The hold's id.</param>
sealed record ReleaseHoldRequest([property: RouteParam] Guid Id);

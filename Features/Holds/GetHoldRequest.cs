using FastEndpoints;

namespace Bank.Features.Holds;

/// <param name="Id">The hold's id.</param>
sealed record GetHoldRequest([property: RouteParam] Guid Id);

using FastEndpoints;

namespace Bank.Features.History;

/// <param name="Id">The account's id.</param>
/// <param name="At">The moment to look at; now if it is left out.</param>
sealed record GetBalanceRequest(
    [property: RouteParam] long Id,
    [property: QueryParam] DateTimeOffset? At = null);

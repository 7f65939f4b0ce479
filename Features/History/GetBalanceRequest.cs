using FastEndpoints;

namespace Bank.Features.History;

/// <param name="Id">The account's id.</param>
/// <param name="At">The moment; the default is now.</param>
sealed record GetBalanceRequest(
    [property: RouteParam] long Id,
    [property: QueryParam] DateTimeOffset? At = null);

using FastEndpoints;

namespace Bank.Features.Keys;

/// <param name="Id">The key's id.</param>
sealed record DeleteKeyRequest([property: RouteParam] long Id);

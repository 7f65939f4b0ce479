using FastEndpoints;

namespace Bank.Features.History;

/// <param name="Id">The transaction's id.</param>
sealed record GetTransactionRequest([property: RouteParam] Guid Id);

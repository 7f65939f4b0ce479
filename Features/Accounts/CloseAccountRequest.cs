using FastEndpoints;

namespace Bank.Features.Accounts;

/// <param name="Id">The account's id.</param>
sealed record CloseAccountRequest([property: RouteParam] long Id);

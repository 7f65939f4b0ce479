using FastEndpoints;

namespace Bank.Features.Statements;

/// <param name="Id">The account's id.</param>
/// <param name="Since">The start of the period, inclusive; the default is the account's opening.</param>
/// <param name="Until">The end of the period, exclusive; the default is now.</param>
/// <param name="Format">json, csv or html; the default is what Accept asks for.</param>
sealed record GetStatementRequest(
    [property: RouteParam] long Id,
    [property: QueryParam] DateTimeOffset? Since = null,
    [property: QueryParam] DateTimeOffset? Until = null,
    [property: QueryParam] string? Format = null);

using FastEndpoints;

namespace Bank.Features.Statements;

/// <param name="Id">The account's id.</param>
/// <param name="Since">Where it begins, with what was posted then; else when the account was opened.</param>
/// <param name="Until">Where it ends, before what was posted then; else now.</param>
/// <param name="Format">json, csv or html; what Accept asks for if it is left out.</param>
sealed record GetStatementRequest(
    [property: RouteParam] long Id,
    [property: QueryParam] DateTimeOffset? Since = null,
    [property: QueryParam] DateTimeOffset? Until = null,
    [property: QueryParam] string? Format = null);

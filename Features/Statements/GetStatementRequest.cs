using FastEndpoints;

namespace Bank.Features.Statements;

/// <param name="Id">The account's id.</param>
/// <param name="Since">The start of the period, inclusive; the default is the account's opening.</param>
/// <param name="Until">The end of the period, exclusive; the default is now.</param>
/// <param name="Format">json, csv, html, camt or ofx; the default is what Accept asks for.</param>
/// <param name="Dialect">
/// CSV as Excel opens it: excel, or semicolon where the decimal separator is a comma. It implies csv.
/// </param>
sealed record GetStatementRequest(
    [property: RouteParam] long Id,
    [property: QueryParam] DateTimeOffset? Since = null,
    [property: QueryParam] DateTimeOffset? Until = null,
    [property: QueryParam] string? Format = null,
    [property: QueryParam] string? Dialect = null);

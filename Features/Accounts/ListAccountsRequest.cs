using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.Accounts;

/// <param name="Limit">The size of a page, 1 to 1000.</param>
/// <param name="Cursor">The Next-Cursor header of the previous page; opaque.</param>
sealed record ListAccountsRequest(
    [property: QueryParam] int Limit = Paging.MaxPageSize,
    [property: QueryParam] string? Cursor = null)
{
    /// <summary>Distinguishes cursors of accounts from others.</summary>
    public const byte List = 2;

    /// <summary>The id of the last account of the previous page. The request must be valid.</summary>
    public long? After() => PageCursor.After(Cursor, List);
}

using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.Accounts;

/// <param name="Limit">How many accounts a page has, 1 to 1000.</param>
/// <param name="Cursor">Where the page before ended, as its Next-Cursor header says; opaque.</param>
sealed record ListAccountsRequest(
    [property: QueryParam] int Limit = Paging.LargestPage,
    [property: QueryParam] string? Cursor = null)
{
    /// <summary>What tells a cursor of accounts from others.</summary>
    public const byte List = 2;

    /// <summary>The account that the page starts behind; only for a request that is valid.</summary>
    public long? After() => PageCursor.After(Cursor, List);
}

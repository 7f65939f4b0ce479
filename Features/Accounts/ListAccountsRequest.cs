using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.Accounts;

/// <param name="Limit">The size of a page, 1 to 1000.</param>
/// <param name="Cursor">The Next-Cursor header of the previous page; opaque.</param>
/// <param name="Username">For operators: whose accounts to list, if not their own.</param>
sealed record ListAccountsRequest(
    [property: QueryParam] int Limit = Paging.MaxPageSize,
    [property: QueryParam] string? Cursor = null,
    [property: QueryParam] string? Username = null)
{
    /// <summary>Distinguishes cursors of accounts from others.</summary>
    public const byte List = 2;

    /// <summary>The address of the page, without its cursor.</summary>
    public string Address() =>
        $"/accounts/?limit={Limit}{(Username is null ? "" : $"&username={Uri.EscapeDataString(Username)}")}";

    /// <summary>The id of the last account of the previous page. The request must be valid.</summary>
    public long? After() => PageCursor.After(Cursor, List);
}

using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.Holds;

/// <param name="Id">The account's id.</param>
/// <param name="Limit">The page size, 1 to 1000.</param>
/// <param name="Cursor">The previous page's Next-Cursor header; opaque.</param>
/// <param name="Status">held for open holds only, or captured, released or expired.</param>
sealed record ListHoldsRequest(
    [property: RouteParam] long Id,
    [property: QueryParam] int Limit = 100,
    [property: QueryParam] string? Cursor = null,
    [property: QueryParam] string? Status = null)
{
    /// <summary>Tells a cursor of holds from other cursors.</summary>
    public const byte List = 16;

    /// <summary>The number after which the page starts.</summary>
    public long? After() => PageCursor.After(Cursor, List);

    /// <summary>The address of the page, without its cursor.</summary>
    public string Address() =>
        $"/accounts/{Id}/holds?limit={Limit}{(Status is null ? "" : $"&status={Status}")}";
}

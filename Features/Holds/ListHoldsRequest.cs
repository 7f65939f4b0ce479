using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.Holds;

/// <param name="Id">The account's id.</param>
/// <param name="Limit">The page size, 1 to 1000.</param>
/// <param name="Cursor">The previous page's Next-Cursor header; opaque.</param>
sealed record ListHoldsRequest(
    [property: RouteParam] long Id,
    [property: QueryParam] int Limit = 100,
    [property: QueryParam] string? Cursor = null)
{
    /// <summary>Tells a cursor of holds from other cursors.</summary>
    public const byte List = 16;

    /// <summary>The number after which the page starts.</summary>
    public long? After() => PageCursor.After(Cursor, List);
}

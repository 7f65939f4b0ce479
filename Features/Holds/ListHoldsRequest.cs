using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.Holds;

/// <param name="Id">The account's id.</param>
/// <param name="Limit">How many holds a page has, 1 to 1000.</param>
/// <param name="Cursor">Where the page before ended, as its Next-Cursor header says; opaque.</param>
sealed record ListHoldsRequest(
    [property: RouteParam] long Id,
    [property: QueryParam] int Limit = 100,
    [property: QueryParam] string? Cursor = null)
{
    /// <summary>What tells a cursor of holds from others.</summary>
    public const byte List = 16;

    /// <summary>The number that the page starts behind; only for a request that is valid.</summary>
    public long? After() => PageCursor.After(Cursor, List);
}

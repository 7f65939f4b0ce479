using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.History;

/// <param name="Id">The account's id.</param>
/// <param name="Limit">How many transactions a page has, 1 to 1000.</param>
/// <param name="Cursor">Where the page before ended, as its Next-Cursor header says; opaque.</param>
/// <param name="Order">asc for the oldest first, desc for the newest first.</param>
sealed record GetHistoryRequest(
    [property: RouteParam] long Id,
    [property: QueryParam] int Limit = 100,
    [property: QueryParam] string? Cursor = null,
    [property: QueryParam] string Order = "asc")
{
    /// <summary>The order of the pages; only for a request that is valid.</summary>
    public HistoryOrder Direction() => Order == "desc" ? HistoryOrder.Desc : HistoryOrder.Asc;

    /// <summary>The sequence that the page starts behind; only for a request that is valid.</summary>
    public long? After() => PageCursor.After(Cursor, (byte)Direction());
}

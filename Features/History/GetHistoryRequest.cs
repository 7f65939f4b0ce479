using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.History;

/// <param name="Id">The account's id.</param>
/// <param name="Limit">How many transactions a page has, 1 to 1000.</param>
/// <param name="Cursor">Where the page before ended, as its Next-Cursor header says; opaque.</param>
/// <param name="Order">asc for the oldest first, desc for the newest first.</param>
/// <param name="Since">Only what was posted then or later.</param>
/// <param name="Until">Only what was posted before.</param>
/// <param name="Direction">in for what the account received only, out for what it paid only.</param>
sealed record GetHistoryRequest(
    [property: RouteParam] long Id,
    [property: QueryParam] int Limit = 100,
    [property: QueryParam] string? Cursor = null,
    [property: QueryParam] string Order = "asc",
    [property: QueryParam] DateTimeOffset? Since = null,
    [property: QueryParam] DateTimeOffset? Until = null,
    [property: QueryParam] string? Direction = null)
{
    /// <summary>The order of the pages; only for a request that is valid.</summary>
    public HistoryOrder Ordering() => Order == "desc" ? HistoryOrder.Desc : HistoryOrder.Asc;

    /// <summary>The sequence that the page starts behind; only for a request that is valid.</summary>
    public long? After() => PageCursor.After(Cursor, (byte)Ordering());

    /// <summary>The address of the page but for its cursor.</summary>
    public string Address() =>
        $"/transactions/account/{Id}?limit={Limit}&order={Order}{Rfc3339.Parameter("since", Since)}"
        + Rfc3339.Parameter("until", Until) + (Direction is null ? "" : $"&direction={Direction}");
}

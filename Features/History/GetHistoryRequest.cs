using System.Globalization;
using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.History;

/// <param name="Id">The account's id.</param>
/// <param name="Limit">The number of transactions on a page, 1 to 1000.</param>
/// <param name="Cursor">The Next-Cursor header of the previous page; opaque.</param>
/// <param name="Order">asc for the oldest first, desc for the newest first.</param>
/// <param name="Since">Only transactions posted at this moment or later.</param>
/// <param name="Until">Only transactions posted before this moment.</param>
/// <param name="Direction">in for received transactions only, out for paid ones only.</param>
/// <param name="Reference">Only transactions with exactly this reference.</param>
/// <param name="MinAmount">Only transactions of at least this amount.</param>
/// <param name="MaxAmount">Only transactions of at most this amount.</param>
/// <param name="Counterparty">Only transactions with this other account.</param>
sealed record GetHistoryRequest(
    [property: RouteParam] long Id,
    [property: QueryParam] int Limit = 100,
    [property: QueryParam] string? Cursor = null,
    [property: QueryParam] string Order = "asc",
    [property: QueryParam] DateTimeOffset? Since = null,
    [property: QueryParam] DateTimeOffset? Until = null,
    [property: QueryParam] string? Direction = null,
    [property: QueryParam] string? Reference = null,
    [property: QueryParam, BindFrom("min_amount")] decimal? MinAmount = null,
    [property: QueryParam, BindFrom("max_amount")] decimal? MaxAmount = null,
    [property: QueryParam] long? Counterparty = null)
{
    public HistoryOrder ParsedOrder() =>
        Order == "desc" ? HistoryOrder.NewestFirst : HistoryOrder.OldestFirst;

    /// <summary>The requested page and one transaction more, which shows that there is a next page.</summary>
    public HistoryPage ToPage(long userId)
    {
        var order = ParsedOrder();
        var after = PageCursor.After(Cursor, (byte)order);
        var (low, high) = order == HistoryOrder.OldestFirst
            ? (Math.Min(after ?? 0, long.MaxValue - 1) + 1, long.MaxValue)
            : (1, Math.Max(after ?? long.MaxValue, 1) - 1);

        return new HistoryPage(Id, userId, order, low, high, Limit + 1, Since, Until, Direction);
    }

    /// <summary>What to find; null for every transaction.</summary>
    public HistorySearch? ToSearch() =>
        (Reference, MinAmount, MaxAmount, Counterparty) is (null, null, null, null)
            ? null
            : new HistorySearch(Reference, MinAmount, MaxAmount, Counterparty);

    /// <summary>The cursor of the page that follows a sequence.</summary>
    public PageCursor CursorAfter(long sequence) => new((byte)ParsedOrder(), sequence);

    /// <summary>The address of the page, without its cursor.</summary>
    public string Address() =>
        $"/transactions/account/{Id}?limit={Limit}&order={Order}{Rfc3339.Parameter("since", Since)}"
        + $"{Rfc3339.Parameter("until", Until)}{Parameter("direction", Direction)}"
        + $"{Parameter("reference", Reference)}{Parameter("min_amount", MinAmount)}"
        + $"{Parameter("max_amount", MaxAmount)}{Parameter("counterparty", Counterparty)}";

    static string Parameter(string name, object? value) => value is null ? ""
        : $"&{name}={Uri.EscapeDataString(Convert.ToString(value, CultureInfo.InvariantCulture)!)}";
}

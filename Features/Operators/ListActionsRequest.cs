using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.Operators;

/// <param name="Since">Only actions at this moment or later.</param>
/// <param name="Until">Only actions before this moment.</param>
/// <param name="Actor">Only actions of the operator with this username.</param>
/// <param name="Subject">Only actions on the user with this username.</param>
/// <param name="Limit">The size of a page, 1 to 1000.</param>
/// <param name="Cursor">The Next-Cursor header of the previous page; opaque.</param>
sealed record ListActionsRequest(
    [property: QueryParam] DateTimeOffset? Since = null,
    [property: QueryParam] DateTimeOffset? Until = null,
    [property: QueryParam] string? Actor = null,
    [property: QueryParam] string? Subject = null,
    [property: QueryParam] int Limit = 100,
    [property: QueryParam] string? Cursor = null)
{
    /// <summary>Distinguishes cursors of actions from others.</summary>
    public const byte List = 33;

    /// <summary>The id of the last action of the previous page. The request must be valid.</summary>
    public long? After() => PageCursor.After(Cursor, List);

    /// <summary>The address of the page, without its cursor.</summary>
    public string Address() =>
        $"/operator/actions?limit={Limit}{Rfc3339.Parameter("since", Since)}"
        + Rfc3339.Parameter("until", Until) + Parameter("actor", Actor) + Parameter("subject", Subject);

    static string Parameter(string name, string? value) =>
        value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";
}

using System.Globalization;
using FastEndpoints;

namespace Bank.Features.LiveHistory;

/// <param name="Id">The account's id.</param>
/// <param name="After">The sequence of the last known transaction; Last-Event-ID goes before it.</param>
sealed record StreamTransactionsRequest(
    [property: RouteParam] long Id,
    [property: QueryParam] long? After = null)
{
    /// <summary>The header by which clients of server-sent events say what arrived last.</summary>
    public const string Header = "Last-Event-ID";

    [FromHeader(Header, isRequired: false, removeFromSchema: true)]
    public string? LastEventId { get; init; }

    /// <summary>The last sequence that is known, if one is; only for a request that is valid.</summary>
    public long? Known() =>
        LastEventId is null ? After : long.Parse(LastEventId, CultureInfo.InvariantCulture);
}

using System.Globalization;
using FastEndpoints;

namespace Bank.Features.LiveHistory;

/// <param name="Id">The account's id.</param>
/// <param name="After">The sequence of the last known transaction; Last-Event-ID takes precedence.</param>
sealed record StreamTransactionsRequest(
    [property: RouteParam] long Id,
    [property: QueryParam] long? After = null)
{
    /// <summary>The header in which clients of server-sent events send the id of the last event.</summary>
    public const string Header = "Last-Event-ID";

    [FromHeader(Header, isRequired: false, removeFromSchema: true)]
    public string? LastEventId { get; init; }

    /// <summary>The sequence of the client's last transaction; null if it wants new ones only.</summary>
    public long? LastKnownSequence() =>
        long.TryParse(LastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? sequence
            : After;
}

using System.Text.Json.Serialization;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Webhooks;

/// <summary>
/// A transaction as a webhook delivers it, in the result of a query that reads those of several webhooks. A
/// row without a transaction says that the webhook is no longer this instance's.
/// </summary>
sealed record WebhookTransaction : Transaction
{
    /// <summary>The account whose transaction it is.</summary>
    [JsonPropertyOrder(-1)]
    public long AccountId { get; init; }

    /// <summary>The webhook's number in the query, from 1.</summary>
    [JsonIgnore]
    public long Ordinal { get; init; }

    /// <summary>The sequence of the account's last transaction.</summary>
    [JsonIgnore]
    public long Version { get; init; }

    /// <summary>The generation of the webhook's secret.</summary>
    [JsonIgnore]
    public int Generation { get; init; }

    /// <summary>When that generation began; null for the first one.</summary>
    [JsonIgnore]
    public DateTimeOffset? RotatedAt { get; init; }
}

using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Configuration;

namespace Bank.Features.Webhooks;

/// <summary>
/// Webhooks; the section <c>Webhooks</c> of the configuration. Without a key there are none.
/// </summary>
[Section("Webhooks")]
sealed class WebhookOptions
{
    /// <summary>The key from which the secrets of all webhooks are derived.</summary>
    [MinLength(32)]
    public string Key { get; init; } = "";

    /// <summary>The addresses and networks, not public ones, whose receivers are allowed.</summary>
    public string[] AllowedNetworks { get; init; } = [];

    /// <summary>The most requests that an instance has in flight.</summary>
    [Range(2, 10_000)]
    public int MaxRequests { get; init; } = 200;

    /// <summary>Whether there are webhooks.</summary>
    public bool AreEnabled => Key.Length > 0;
}

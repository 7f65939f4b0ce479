using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Configuration;

namespace Bank.Features.Webhooks;

/// <summary>How many webhooks an account may have; in the section <c>Limits</c>.</summary>
[Section("Limits")]
sealed class WebhookLimitOptions
{
    /// <summary>Webhooks of one account, disabled ones included.</summary>
    [Range(1, 1_000)]
    public int WebhooksPerAccount { get; init; } = 10;
}

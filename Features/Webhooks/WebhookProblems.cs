using Bank.Infrastructure.Problems;

namespace Bank.Features.Webhooks;

/// <summary>Problems of webhooks.</summary>
static class WebhookProblems
{
    public static Problem WebhooksNotEnabled { get; } = new(
        Status404NotFound, "webhooks_not_enabled", "Webhooks not enabled",
        "Whoever runs this bank has not enabled webhooks. The setting Webhooks:Key enables them.");

    public static Problem WebhookNotFound { get; } = new(
        Status404NotFound, "webhook_not_found", "Webhook not found",
        "You have no webhook with this id.");

    public static Problem WebhookLimitReached { get; } = new(
        Status400BadRequest, "webhook_limit_reached", "Webhook limit reached",
        "The account has reached the maximum number of webhooks. No webhook was made. Delete one first.");
}

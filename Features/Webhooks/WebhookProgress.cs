namespace Bank.Features.Webhooks;

/// <summary>How far a webhook is, to be saved.</summary>
/// <param name="Delivery">The webhook.</param>
/// <param name="Delivered">The sequence of the last delivered transaction.</param>
/// <param name="Attempts">The failed attempts at the next one.</param>
/// <param name="Error">What went wrong at the last of them.</param>
/// <param name="Delay">The time until the next attempt; zero without a failure.</param>
/// <param name="IsDisabled">Whether there is no further attempt.</param>
/// <param name="IsReleased">Whether the lease ends.</param>
sealed record WebhookProgress(
    WebhookDelivery Delivery, long Delivered, int Attempts, string? Error, TimeSpan Delay = default,
    bool IsDisabled = false, bool IsReleased = false);

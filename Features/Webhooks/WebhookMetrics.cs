using System.Diagnostics.Metrics;

namespace Bank.Features.Webhooks;

/// <summary>The meter <c>Bank.Webhooks</c>. No label names a webhook, an account or a receiver.</summary>
sealed class WebhookMetrics
{
    readonly Counter<long> attempts;
    long behind;

    public WebhookMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Bank.Webhooks");
        attempts = meter.CreateCounter<long>(
            "bank.webhooks.attempts", "{attempt}", "Requests to receivers, by outcome.");
        meter.CreateObservableUpDownCounter(
            "bank.webhooks.behind", () => Volatile.Read(ref behind), "{transaction}",
            "Transactions that this instance has yet to deliver to receivers that accept them.");
    }

    /// <param name="outcome">"delivered", "failed" or, for the last attempt, "disabled".</param>
    public void RecordAttempt(string outcome) =>
        attempts.Add(1, new KeyValuePair<string, object?>("bank.webhook.outcome", outcome));

    public void RecordBehind(long transactions) => Volatile.Write(ref behind, transactions);
}

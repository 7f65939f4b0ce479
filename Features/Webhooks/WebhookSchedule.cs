namespace Bank.Features.Webhooks;

/// <summary>When a transaction is tried again after a failure: as Standard Webhooks 1.0 proposes.</summary>
static class WebhookSchedule
{
    /// <summary>The part of a delay by which it is longer or shorter, so that not all come at once.</summary>
    const double Jitter = 0.1;

    static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
        TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20),
        TimeSpan.FromHours(24),
    ];

    /// <summary>The longest Retry-After that is respected.</summary>
    static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(24);

    /// <summary>The delay after the failure of a webhook; null if it is disabled.</summary>
    public static TimeSpan? DelayAfter(WebhookDelivery delivery) => delivery.Failure is { IsGone: true }
        ? null
        : DelayAfter(delivery.Attempts, delivery.Failure?.RetryAfter, Random.Shared.NextDouble());

    /// <summary>
    /// The delay after the last of so many failed attempts; null if there is no further one.
    /// </summary>
    /// <param name="attempts">The failed attempts, from 1.</param>
    /// <param name="retryAfter">
    /// What the receiver asked for; it makes the delay longer, never shorter.
    /// </param>
    /// <param name="random">A random number from 0 to 1.</param>
    public static TimeSpan? DelayAfter(int attempts, TimeSpan? retryAfter, double random)
    {
        if (attempts > Delays.Length)
            return null;

        var delay = Delays[attempts - 1] * (1 + Jitter * (2 * random - 1));
        var asked = retryAfter is { } wish && wish < MaxRetryAfter ? wish : MaxRetryAfter;

        return retryAfter is not null && asked > delay ? asked : delay;
    }
}

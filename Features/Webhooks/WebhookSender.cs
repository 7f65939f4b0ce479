namespace Bank.Features.Webhooks;

/// <summary>Delivers what was read for a webhook, one transaction after the other.</summary>
sealed partial class WebhookSender(
    WebhookClient client, WebhookSlots slots, WebhookPace pace, WebhookNews news, WebhookMetrics metrics,
    ILogger<WebhookSender> log)
{
    /// <summary>Sends until nothing is left, a request fails or the lease is too old.</summary>
    /// <param name="delivery">The webhook.</param>
    /// <param name="abort">Ends the request in flight, whose outcome is then not known.</param>
    /// <param name="ct">Ends it after the request in flight.</param>
    public async Task SendAsync(WebhookDelivery delivery, CancellationToken abort, CancellationToken ct)
    {
        try
        {
            while (delivery.Next is { } item && await SendAsync(delivery, item, abort, ct))
            {
            }
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            // The instance stops, and what became of the request is not known.
        }
        catch (Exception error)
        {
            LogFailure(error);
            delivery.Record(new WebhookResult("The request could not be made."), isSlow: true);
        }
        finally
        {
            delivery.MarkSent();
            news.Wake();
        }
    }

    /// <summary>Sends a transaction; false ends the delivery for now.</summary>
    async Task<bool> SendAsync(
        WebhookDelivery delivery, WebhookTransaction item, CancellationToken abort, CancellationToken ct)
    {
        await pace.WaitAsync(ct);
        var (result, isSlow) = await slots.RunAsync(
            delivery.IsSlow,
            async () => delivery.MaySend && !ct.IsCancellationRequested
                ? await client.SendAsync(delivery, item, abort)
                : null,
            ct);

        if (result is null)
            return false;

        delivery.Record(result, isSlow);
        metrics.RecordAttempt(
            result.IsDelivered ? "delivered"
            : WebhookSchedule.DelayAfter(delivery) is null ? "disabled"
            : "failed");

        return result.IsDelivered;
    }

    [LoggerMessage(54, LogLevel.Error, "Could not make the request of a webhook")]
    partial void LogFailure(Exception error);
}

using System.Net;

namespace Bank.Features.Webhooks;

/// <summary>The result of a request.</summary>
/// <param name="Error">What went wrong, for the owner of the webhook; null if it was delivered.</param>
/// <param name="RetryAfter">When the receiver wants the next attempt.</param>
/// <param name="IsGone">Whether the receiver wants no more requests.</param>
sealed record WebhookResult(string? Error, TimeSpan? RetryAfter = null, bool IsGone = false)
{
    public bool IsDelivered => Error is null;

    public static WebhookResult Of(HttpResponseMessage response, DateTimeOffset now)
    {
        var status = (int)response.StatusCode;

        return response.IsSuccessStatusCode
            ? new WebhookResult(Error: null)
            : new WebhookResult(
                status is >= 300 and < 400
                    ? $"The receiver answered {status}. Redirects are not followed."
                    : $"The receiver answered {status}.",
                RetryAfterOf(response, now),
                response.StatusCode is HttpStatusCode.Gone);
    }

    static TimeSpan? RetryAfterOf(HttpResponseMessage response, DateTimeOffset now)
    {
        var header = response.Headers.RetryAfter;
        return header?.Delta ?? header?.Date - now;
    }
}

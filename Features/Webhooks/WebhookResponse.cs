namespace Bank.Features.Webhooks;

/// <summary>A webhook without its secret.</summary>
/// <param name="Id">The webhook's id.</param>
/// <param name="Url">Where the transactions are sent.</param>
/// <param name="Sequence">The sequence of the last transaction that was delivered or skipped.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="NextAttemptAt">After a failure: when it is tried again.</param>
/// <param name="Error">After a failure: what went wrong.</param>
/// <param name="DisabledAt">When it was disabled; absent while it is enabled.</param>
sealed record WebhookResponse(
    long Id, string Url, long Sequence, DateTimeOffset CreatedAt, DateTimeOffset? NextAttemptAt = null,
    string? Error = null, DateTimeOffset? DisabledAt = null);

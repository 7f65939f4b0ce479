namespace Bank.Features.Webhooks;

/// <summary>A new webhook.</summary>
/// <param name="Id">The webhook's id.</param>
/// <param name="Url">Where the transactions are sent.</param>
/// <param name="Secret">The secret that signs the requests, which is not shown again.</param>
/// <param name="Sequence">The sequence of the account's last transaction; it begins after that.</param>
/// <param name="CreatedAt">When it was made.</param>
sealed record NewWebhookResponse(
    long Id, string Url, string Secret, long Sequence, DateTimeOffset CreatedAt);

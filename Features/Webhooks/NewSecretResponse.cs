namespace Bank.Features.Webhooks;

/// <summary>A new secret of a webhook.</summary>
/// <param name="Id">The webhook's id.</param>
/// <param name="Secret">The secret that signs the requests, which is not shown again.</param>
/// <param name="PreviousUntil">Until then the previous secret signs too.</param>
sealed record NewSecretResponse(long Id, string Secret, DateTimeOffset PreviousUntil);

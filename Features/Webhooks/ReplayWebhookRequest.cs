using FastEndpoints;

namespace Bank.Features.Webhooks;

/// <param name="Id">The webhook's id.</param>
/// <param name="After">
/// The sequence after which it begins again: 0 for the whole history, at most that of the account's last
/// transaction.
/// </param>
sealed record ReplayWebhookRequest([property: RouteParam] long Id, long? After);

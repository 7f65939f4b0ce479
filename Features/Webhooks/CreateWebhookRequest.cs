using FastEndpoints;

namespace Bank.Features.Webhooks;

/// <param name="Id">The account's id.</param>
/// <param name="Url">
/// Where the transactions are sent: an https:// address of at most 2048 characters, without a user name,
/// password or fragment.
/// </param>
sealed record CreateWebhookRequest([property: RouteParam] long Id, string Url);

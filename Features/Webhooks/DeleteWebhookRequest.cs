using FastEndpoints;

namespace Bank.Features.Webhooks;

/// <param name="Id">The webhook's id.</param>
sealed record DeleteWebhookRequest([property: RouteParam] long Id);

using FastEndpoints;

namespace Bank.Features.Webhooks;

/// <param name="Id">The account's id.</param>
sealed record ListWebhooksRequest([property: RouteParam] long Id);

using FastEndpoints;

namespace Bank.Features.Webhooks;

/// <param name="Id">The webhook's id.</param>
sealed record RotateSecretRequest([property: RouteParam] long Id);

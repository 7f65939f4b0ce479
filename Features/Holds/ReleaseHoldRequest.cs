using Bank.Infrastructure.Idempotency;
using FastEndpoints;

namespace Bank.Features.Holds;

/// <param name="Id">The hold's id.</param>
sealed record ReleaseHoldRequest([property: RouteParam] Guid Id) : IKeyedRequest
{
    /// <summary>Makes repeating the request safe: 1 to 255 visible ASCII characters.</summary>
    [FromHeader(IdempotencyRules.Header, isRequired: false, removeFromSchema: true)]
    public string? IdempotencyKey { get; init; }
}

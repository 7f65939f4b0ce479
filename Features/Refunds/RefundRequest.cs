using Bank.Infrastructure.Idempotency;
using FastEndpoints;

namespace Bank.Features.Refunds;

/// <param name="Id">The id of the transaction that is sent back.</param>
/// <param name="Amount">At most what is left of it, with at most two decimals; without one, all that is.</param>
/// <param name="Reference">What it is for: 1 to 140 characters, some visible, no control characters.</param>
sealed record RefundRequest(
    [property: RouteParam] Guid Id, decimal? Amount = null, string? Reference = null) : IKeyedRequest
{
    /// <summary>Makes repeating the request safe: 1 to 255 visible ASCII characters.</summary>
    [FromHeader(IdempotencyRules.Header, isRequired: false, removeFromSchema: true)]
    public string? IdempotencyKey { get; init; }
}

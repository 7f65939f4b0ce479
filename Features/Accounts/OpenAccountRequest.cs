using Bank.Infrastructure.Idempotency;
using FastEndpoints;

namespace Bank.Features.Accounts;

sealed record OpenAccountRequest : IKeyedRequest
{
    /// <summary>Makes repeating the request safe: 1 to 255 visible ASCII characters.</summary>
    [FromHeader(IdempotencyRules.Header, isRequired: false, removeFromSchema: true)]
    public string? IdempotencyKey { get; init; }
}

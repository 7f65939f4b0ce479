using Bank.Infrastructure.Idempotency;
using FastEndpoints;

namespace Bank.Features.Transfers;

/// <param name="Transfers">1 to 500 transfers, in the order in which they are judged.</param>
sealed record BatchTransferRequest(IReadOnlyList<BatchElementRequest> Transfers) : IKeyedRequest
{
    /// <summary>Makes repeating the request safe: 1 to 255 visible ASCII characters.</summary>
    [FromHeader(IdempotencyRules.Header, isRequired: false, removeFromSchema: true)]
    public string? IdempotencyKey { get; init; }
}

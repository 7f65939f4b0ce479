using Bank.Infrastructure.Idempotency;
using FastEndpoints;

namespace Bank.Features.Transfers;

/// <param name="Transfers">1 to 1000 transfers.</param>
sealed record BulkTransferRequest(IReadOnlyList<TransferRequest> Transfers) : IKeyedRequest
{
    /// <summary>Makes repeating the request safe: 1 to 255 visible ASCII characters.</summary>
    [FromHeader(IdempotencyRules.Header, isRequired: false, removeFromSchema: true)]
    public string? IdempotencyKey { get; init; }
}

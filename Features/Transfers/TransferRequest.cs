using Bank.Infrastructure.Idempotency;
using FastEndpoints;

namespace Bank.Features.Transfers;

/// <param name="From">The id of the caller's account that pays.</param>
/// <param name="To">The id of the account that receives; anyone's.</param>
/// <param name="Amount">More than 0, at most 999999999999.99, with at most two decimals.</param>
/// <param name="Reference">What it is for: 1 to 140 characters, some visible, no control characters.</param>
sealed record TransferRequest(long From, long To, decimal? Amount, string? Reference = null) : IKeyedRequest
{
    /// <summary>Makes repeating the request safe: 1 to 255 visible ASCII characters.</summary>
    [FromHeader(IdempotencyRules.Header, isRequired: false, removeFromSchema: true)]
    public string? IdempotencyKey { get; init; }
}

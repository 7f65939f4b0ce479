using Bank.Infrastructure.Idempotency;
using FastEndpoints;

namespace Bank.Features.Holds;

/// <param name="From">The id of the caller's account whose money is set aside.</param>
/// <param name="To">The id of the account that it is for; anyone's.</param>
/// <param name="Amount">More than 0, at most 999999999999.99, with at most two decimals.</param>
/// <param name="ExpiresIn">After how many seconds it is over: 1 to 2592000, else 604800 (a week).</param>
/// <param name="Reference">What it is for: 1 to 140 characters, some visible, no control characters.</param>
sealed record PlaceHoldRequest(
    long From, long To, decimal? Amount, int? ExpiresIn = null, string? Reference = null) : IKeyedRequest
{
    /// <summary>Makes repeating the request safe: 1 to 255 visible ASCII characters.</summary>
    [FromHeader(IdempotencyRules.Header, isRequired: false, removeFromSchema: true)]
    public string? IdempotencyKey { get; init; }
}

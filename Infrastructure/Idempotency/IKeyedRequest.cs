namespace Bank.Infrastructure.Idempotency;

/// <summary>A request to make or move something, which may carry an <c>Idempotency-Key</c>.</summary>
interface IKeyedRequest
{
    /// <summary>The header's value, or null.</summary>
    string? IdempotencyKey { get; }
}

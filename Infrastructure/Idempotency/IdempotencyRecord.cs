namespace Bank.Infrastructure.Idempotency;

/// <summary>What is kept of the first request with an idempotency key.</summary>
/// <param name="Fingerprint">Which request it was.</param>
/// <param name="Outcome">What became of it, or the code of its refusal.</param>
/// <param name="AccountId">The id of the account that it opened, if it did.</param>
/// <param name="TraceId">The trace id that its answer named.</param>
/// <param name="CreatedAt">When it was answered; for what was made, when that was.</param>
sealed record IdempotencyRecord(
    string Fingerprint, string Outcome, long? AccountId, string TraceId, DateTimeOffset CreatedAt);

namespace Bank.Infrastructure.Idempotency;

/// <summary>What is stored of the first request with an idempotency key.</summary>
/// <param name="Fingerprint">The fingerprint of the request.</param>
/// <param name="Outcome">The outcome, or the code of the problem.</param>
/// <param name="AccountId">The account that it opened; null for other requests.</param>
/// <param name="TraceId">The trace id of its response.</param>
/// <param name="CreatedAt">The time of the outcome; of an account or a user, its creation time.</param>
sealed record IdempotencyRecord(
    string Fingerprint, string Outcome, long? AccountId, string TraceId, DateTimeOffset CreatedAt);

namespace Bank.Infrastructure.Idempotency;

/// <summary>Marks an endpoint that accepts an <c>Idempotency-Key</c>.</summary>
sealed class IdempotencyKeyMetadata;

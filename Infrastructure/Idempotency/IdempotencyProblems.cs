using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Idempotency;

/// <summary>Problems of requests that carry an <c>Idempotency-Key</c>.</summary>
static class IdempotencyProblems
{
    public static Problem KeyReused { get; } = new(
        Status422UnprocessableEntity, "idempotency_key_reused", "Idempotency key reused",
        "This Idempotency-Key was already used for another request; nothing was done.");
}

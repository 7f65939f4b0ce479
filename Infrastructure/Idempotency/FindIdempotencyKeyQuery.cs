using Bank.Infrastructure.Data;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Idempotency;

/// <summary>
/// Reads what became of the first request with a key, for what is not posted in groups. It is a statement of
/// its own, because the one that lost the race for a key cannot see the winner's row.
/// </summary>
sealed class FindIdempotencyKeyQuery(BankDb db)
{
    const string Sql =
        """
        SELECT fingerprint, outcome, account_id, trace_id, created_at
        FROM idempotency_keys
        WHERE user_id = @userId AND key = @key
        """;

    /// <summary>The first request with a key that is known to be claimed.</summary>
    /// <exception cref="ProblemException">It was another request.</exception>
    public async Task<IdempotencyRecord> FindAsync(IdempotencyKey key, CancellationToken ct) =>
        await TryFindAsync(key, ct)
        ?? throw new ProblemException(Problem.Overloaded) { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>The first request with a key; null when nobody claimed it.</summary>
    /// <exception cref="ProblemException">It was another request.</exception>
    public async Task<IdempotencyRecord?> TryFindAsync(IdempotencyKey key, CancellationToken ct)
    {
        var claim = new { userId = key.UserId, key = key.Key };
        var found = await db.QuerySingleOrDefaultAsync<IdempotencyRecord>(Sql, claim, ct);

        return found is not { } first ? null
            : first.Fingerprint == key.Fingerprint ? first
            : throw IdempotencyRules.Reused();
    }
}

using Bank.Infrastructure.Data;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Idempotency;

/// <summary>
/// Reads the record of an idempotency key, for requests that are not posted in groups. It is a query of its
/// own, because the loser of ON CONFLICT DO NOTHING cannot see the winner's row in the same query.
/// </summary>
sealed class FindIdempotencyKeyQuery(BankDb db)
{
    const string Sql =
        """
        SELECT fingerprint, outcome, account_id, trace_id, created_at
        FROM idempotency_keys
        WHERE user_id = @userId AND key = @key
        """;

    /// <summary>The record of a key that is known to exist.</summary>
    /// <exception cref="ProblemException">The key belongs to another request.</exception>
    public async Task<IdempotencyRecord> FindAsync(IdempotencyKey key, CancellationToken ct) =>
        await TryFindAsync(key, ct)
        ?? throw new ProblemException(Problem.Overloaded);

    /// <summary>The record of a key; null where it does not exist.</summary>
    /// <exception cref="ProblemException">The key belongs to another request.</exception>
    public async Task<IdempotencyRecord?> TryFindAsync(IdempotencyKey key, CancellationToken ct)
    {
        var claim = new { userId = key.UserId, key = key.Key };
        var found = await db.QuerySingleOrDefaultAsync<IdempotencyRecord>(Sql, claim, ct);

        return found is not { } first ? null
            : first.Fingerprint == key.Fingerprint ? first
            : throw IdempotencyRules.Reused();
    }
}

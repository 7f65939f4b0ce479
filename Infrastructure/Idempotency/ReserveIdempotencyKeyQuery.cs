using Bank.Infrastructure.Data;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Idempotency;

/// <summary>
/// Claims the key of a bulk before anything of it is done: from then on it stands for no other request, while
/// what it asks for is answered under the keys of its elements.
/// </summary>
sealed class ReserveIdempotencyKeyQuery(BankDb db, FindIdempotencyKeyQuery keys)
{
    const string Sql =
        """
        INSERT INTO idempotency_keys (user_id, key, fingerprint, outcome, trace_id, created_at)
        VALUES (@userId, @key, @fingerprint, 'claimed', @traceId, clock_timestamp())
        ON CONFLICT DO NOTHING
        """;

    /// <summary>Whether it is the first request with its key; else it repeats that one.</summary>
    /// <exception cref="ProblemException">
    /// The key belongs to another request, or the database did not confirm the claim.
    /// </exception>
    public async Task<bool> TryClaimAsync(IdempotencyKey key, CancellationToken ct)
    {
        var claim = new
        {
            userId = key.UserId,
            key = key.Key,
            fingerprint = key.Fingerprint,
            traceId = key.TraceId,
        };

        try
        {
            if (await db.ExecuteChangeAsync(Sql, claim, ct) == 1)
                return true;
        }
        catch (UnconfirmedCommitException)
        {
            // Whether or not it is claimed: nothing else was sent, and the same request may be sent again.
            throw new ProblemException(Problem.DatabaseUnavailable) { RetryAfter = TimeSpan.FromSeconds(1) };
        }

        await keys.FindAsync(key, ct);
        return false;
    }
}

using Bank.Infrastructure.Data;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Idempotency;

/// <summary>
/// Reserves the key of a bulk before any of its transfers is posted, so that no other request can use it. The
/// results are stored under the keys of the elements.
/// </summary>
sealed class ReserveIdempotencyKeyQuery(BankDb db, FindIdempotencyKeyQuery keys)
{
    const string Sql =
        """
        INSERT INTO idempotency_keys (user_id, key, fingerprint, outcome, trace_id, created_at)
        VALUES (@userId, @key, @fingerprint, 'claimed', @traceId, clock_timestamp())
        ON CONFLICT DO NOTHING
        """;

    /// <summary>True for the first request with the key; false for a repeated one.</summary>
    /// <exception cref="ProblemException">
    /// The key belongs to another request, or the database did not confirm the reservation.
    /// </exception>
    public async Task<bool> TryReserveAsync(IdempotencyKey key, CancellationToken ct)
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
            // Nothing else was sent, so the same request can be sent again whether or not the key is
            // reserved.
            throw new ProblemException(Problem.DatabaseUnavailable);
        }

        await keys.FindAsync(key, ct);
        return false;
    }
}

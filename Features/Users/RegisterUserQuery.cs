using Bank.Infrastructure.Data;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Problems;

namespace Bank.Features.Users;

/// <summary>Adds a user, unless the name is taken.</summary>
sealed class RegisterUserQuery(BankDb db, FindIdempotencyKeyQuery keys)
{
    const string Sql =
        """
        WITH added AS (
            INSERT INTO users (username, password_hash)
            VALUES (@username, @passwordHash)
            ON CONFLICT (username) DO NOTHING
            RETURNING id, username, created_at
        ),
        -- The key belongs to the new user.
        claim AS (
            INSERT INTO idempotency_keys (user_id, key, fingerprint, outcome, trace_id, created_at)
            SELECT id, @key, @fingerprint, 'registered', @traceId, created_at
            FROM added
            WHERE @key <> ''
        )
        SELECT id, username, created_at
        FROM added
        """;

    /// <summary>The new user, or null when the name is taken.</summary>
    public async Task<UserResponse?> AddAsync(
        string username, string passwordHash, IdempotencyKey? key, CancellationToken ct)
    {
        var parameters = new
        {
            username,
            passwordHash,
            key = key?.Key ?? "",
            fingerprint = key?.Fingerprint ?? "",
            traceId = key?.TraceId ?? "",
        };
        var added = await db.ChangeAsync<UserResponse>(Sql, parameters, ct);

        return added.SingleOrDefault();
    }

    /// <summary>The first request with a key; null when the key was never used.</summary>
    /// <exception cref="ProblemException">It was a different request.</exception>
    public Task<IdempotencyRecord?> FindFirstAsync(IdempotencyKey key, CancellationToken ct) =>
        keys.TryFindAsync(key, ct);
}

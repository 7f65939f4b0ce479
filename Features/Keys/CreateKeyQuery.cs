using Bank.Infrastructure.Data;
using Bank.Infrastructure.Problems;

namespace Bank.Features.Keys;

/// <summary>Adds a key, unless its user has as many as allowed.</summary>
sealed class CreateKeyQuery(BankDb db, KeyOptions options, LockUserQuery users)
{
    const string Sql =
        """
        WITH existing AS (
            SELECT count(*) AS total,
                   count(*) FILTER (WHERE expires_at <= clock_timestamp()) AS expired
            FROM keys
            WHERE user_id = @userId
        ),
        -- Expired keys stay in the list until their place is needed.
        removed AS (
            DELETE FROM keys
            USING existing
            WHERE user_id = @userId AND total >= @max AND expires_at <= clock_timestamp()
        ),
        created AS (
            SELECT clock_timestamp() AS moment
        )
        INSERT INTO keys (user_id, name, scope, hash, created_at, expires_at)
        SELECT @userId, @name, @scope, decode(@hash, 'hex'), moment,
               moment + @expiresIn::double precision * interval '1 second'
        FROM created, existing
        WHERE total - expired < @max
        RETURNING id, name, scope, expires_at, created_at, last_used_at
        """;

    /// <summary>The new key; null if the user has too many.</summary>
    /// <exception cref="ProblemException">The user was deleted meanwhile.</exception>
    public Task<KeyResponse?> CreateAsync(
        long userId, CreateKeyRequest request, string hash, CancellationToken ct)
    {
        var parameters = new
        {
            userId,
            name = request.Name,
            scope = request.Scope ?? "full",
            hash,
            expiresIn = (double?)request.ExpiresIn,
            max = options.KeysPerUser,
        };

        return db.InTransactionAsync(async () =>
        {
            await users.LockAsync(userId, ct);

            return (await db.ChangeAsync<KeyResponse>(Sql, parameters, ct)).SingleOrDefault();
        }, ct);
    }
}

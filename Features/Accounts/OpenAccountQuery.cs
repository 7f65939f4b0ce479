using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Idempotency;

namespace Bank.Features.Accounts;

/// <summary>
/// Adds an empty account, unless its owner has as many as are allowed or is leaving at the same time.
/// </summary>
sealed class OpenAccountQuery(BankDb db, RateLimitOptions limits, FindIdempotencyKeyQuery keys)
{
    const string Sql =
        """
        -- Whoever has as many as are allowed is refused without a lock.
        WITH asked AS MATERIALIZED (
            SELECT id, may_open_account(id, @most) AS may_open
            FROM users
            WHERE id = @userId AND removed_at IS NULL
        ),
        -- One opening of a user after the other. The lock also waits for an owner who is leaving: what the
        -- owner has then is closed, and nothing comes after.
        owner AS MATERIALIZED (
            SELECT id
            FROM users
            WHERE id = @userId AND removed_at IS NULL AND (SELECT may_open FROM asked)
            FOR NO KEY UPDATE
        ),
        judged AS MATERIALIZED (
            SELECT may_open_account(id, @most) AS may_open FROM owner
            UNION ALL
            SELECT false FROM asked WHERE NOT may_open
        ),
        verdict AS MATERIALIZED (
            SELECT CASE WHEN may_open THEN 'opened' ELSE 'account_limit_reached' END AS outcome,
                   CASE WHEN may_open THEN nextval('accounts_id_seq') END AS account_id,
                   clock_timestamp() AS created_at
            FROM judged
        ),
        -- Claim the key with its answer. A key that is taken already keeps its first answer.
        claim AS (
            INSERT INTO idempotency_keys (
                user_id, key, fingerprint, outcome, account_id, trace_id, created_at)
            SELECT @userId, @key, @fingerprint, outcome, account_id, @traceId, created_at
            FROM verdict
            WHERE @key <> ''
            ON CONFLICT DO NOTHING
            RETURNING key
        ),
        answer AS MATERIALIZED (
            SELECT *, @key <> '' AND NOT EXISTS (SELECT FROM claim) AS is_repeat
            FROM verdict
        ),
        account AS (
            INSERT INTO accounts (id, user_id, created_at)
            OVERRIDING SYSTEM VALUE
            SELECT account_id, @userId, created_at
            FROM answer
            WHERE outcome = 'opened' AND NOT is_repeat
        )
        SELECT outcome, account_id, created_at, is_repeat
        FROM answer
        """;

    /// <summary>
    /// What became of it, or of the first request with its key; null when its owner has left.
    /// </summary>
    public async Task<AccountOpening?> OpenAsync(long userId, IdempotencyKey? key, CancellationToken ct)
    {
        var parameters = new
        {
            userId,
            most = (long)limits.AccountsPerUser,
            key = key?.Key ?? "",
            fingerprint = key?.Fingerprint ?? "",
            traceId = key?.TraceId ?? "",
        };
        var openings = await db.ChangeAsync<AccountOpening>(Sql, parameters, ct);

        return openings.SingleOrDefault() is { IsRepeat: true }
            ? AccountOpening.Repeat(await keys.FindAsync(key!, ct))
            : openings.SingleOrDefault();
    }
}

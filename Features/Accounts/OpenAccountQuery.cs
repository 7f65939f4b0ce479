using Bank.Infrastructure.Data;
using Bank.Infrastructure.Idempotency;

namespace Bank.Features.Accounts;

/// <summary>
/// Adds an empty account, unless its owner has reached the limit or is deleted at the same time.
/// </summary>
sealed class OpenAccountQuery(
    BankDb db, AccountOptions options, AccountCurrencyOptions currencies, FindIdempotencyKeyQuery keys,
    GetAccountQuery accounts)
{
    const string Sql =
        """
        -- A user who has reached the limit is refused without a lock.
        WITH precheck AS MATERIALIZED (
            SELECT id, may_open_account(id, @maxAccounts) AS may_open
            FROM users
            WHERE id = @userId AND removed_at IS NULL
        ),
        -- Serializes the openings of a user. The lock also waits for a deletion of the owner, which closes
        -- all accounts; none is opened after it.
        owner AS MATERIALIZED (
            SELECT id
            FROM users
            WHERE id = @userId AND removed_at IS NULL AND (SELECT may_open FROM precheck)
            FOR NO KEY UPDATE
        ),
        -- Decides again under the lock; a refusal of the precheck stands.
        permission AS MATERIALIZED (
            SELECT may_open_account(id, @maxAccounts) AS may_open FROM owner
            UNION ALL
            SELECT false FROM precheck WHERE NOT may_open
        ),
        verdict AS MATERIALIZED (
            SELECT CASE WHEN may_open THEN 'opened' ELSE 'account_limit_reached' END AS outcome,
                   CASE WHEN may_open THEN nextval('accounts_id_seq') END AS account_id,
                   clock_timestamp() AS created_at
            FROM permission
        ),
        -- Claims the key and stores the result. A key that was claimed before keeps its first result.
        claim AS (
            INSERT INTO idempotency_keys (
                user_id, key, fingerprint, outcome, account_id, trace_id, created_at)
            SELECT @userId, @key, @fingerprint, outcome, account_id, @traceId, created_at
            FROM verdict
            WHERE @key <> ''
            ON CONFLICT DO NOTHING
            RETURNING key
        ),
        result AS MATERIALIZED (
            SELECT *, @key <> '' AND NOT EXISTS (SELECT FROM claim) AS is_replay
            FROM verdict
        ),
        account AS (
            INSERT INTO accounts (id, user_id, currency, created_at, name)
            OVERRIDING SYSTEM VALUE
            SELECT account_id, @userId, @currency::smallint, created_at, @name::text
            FROM result
            WHERE outcome = 'opened' AND NOT is_replay
        )
        SELECT outcome, account_id, @currency::smallint AS currency, created_at, is_replay
        FROM result
        """;

    /// <summary>
    /// The result, or that of the first request with the key; null when the user was deleted.
    /// </summary>
    public async Task<AccountOpening?> OpenAsync(
        OpenAccountRequest request, long userId, IdempotencyKey? key, CancellationToken ct)
    {
        var parameters = new
        {
            userId,
            name = request.Name,
            maxAccounts = (long)options.AccountsPerUser,
            currency = Currencies.From(request.Currency ?? currencies.Code).Number,
            key = key?.Key ?? "",
            fingerprint = key?.Fingerprint ?? "",
            traceId = key?.TraceId ?? "",
        };
        var openings = await db.ChangeAsync<AccountOpening>(Sql, parameters, ct);

        return openings switch
        {
            [{ IsReplay: true }] => await ReplayAsync(request, userId, await keys.FindAsync(key!, ct), ct),
            [var opening] => opening with { Name = request.Name },
            _ => null,
        };
    }

    /// <summary>The first result. The default currency may have been another one then.</summary>
    async Task<AccountOpening> ReplayAsync(
        OpenAccountRequest request, long userId, IdempotencyRecord first, CancellationToken ct)
    {
        var account = first.AccountId is { } id ? await accounts.FindAsync(id, userId, ct) : null;
        return AccountOpening.FromRecord(first, account?.Currency, request.Name);
    }
}

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

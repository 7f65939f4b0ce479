WITH due AS MATERIALIZED (
    SELECT id, from_account_id
    FROM holds
    WHERE status = 'held' AND expires_at <= clock_timestamp()
    ORDER BY expires_at
    LIMIT @most
),
-- SKIP LOCKED: a locked account is left for the next run.
locked AS MATERIALIZED (
    SELECT id, held
    FROM accounts
    WHERE id IN (SELECT from_account_id FROM due)
    ORDER BY id
    FOR NO KEY UPDATE SKIP LOCKED
),
-- The rows as they are now: a hold may have been captured or released before its account was locked.
hold AS MATERIALIZED (
    SELECT id, from_account_id, amount
    FROM holds
    WHERE id IN (SELECT id FROM due) AND from_account_id IN (SELECT id FROM locked)
      AND status = 'held'
    ORDER BY id
    FOR UPDATE
),
freed AS (
    SELECT locked.id, min(locked.held) - sum(amount)::bigint AS held
    FROM hold
    JOIN locked ON locked.id = from_account_id
    GROUP BY locked.id
),
balance AS (
    UPDATE accounts
    SET held = freed.held
    FROM freed
    WHERE accounts.id = freed.id
    RETURNING accounts.id
),
-- status is NOT NULL and is only set if every account was updated; otherwise the query is rolled
-- back.
expired AS (
    UPDATE holds
    SET status = (
        SELECT 'expired' WHERE (SELECT count(*) FROM balance) = (SELECT count(*) FROM freed))
    FROM hold
    WHERE holds.id = hold.id
    RETURNING holds.id
)
SELECT count(*)
FROM expired

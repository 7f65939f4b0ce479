-- SKIP LOCKED: an account or a hold that another session has locked is left for later.
WITH locked AS MATERIALIZED (
    SELECT id, held
    FROM accounts
    WHERE id = ANY (@accounts)
    ORDER BY id
    FOR NO KEY UPDATE SKIP LOCKED
),
-- The rows as they are now: a hold may have been captured or released before its account was locked.
hold AS MATERIALIZED (
    SELECT id, from_account_id, amount
    FROM holds
    WHERE from_account_id IN (SELECT id FROM locked) AND status = 'held' AND expires_at <= now()
    LIMIT @most
    FOR UPDATE SKIP LOCKED
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

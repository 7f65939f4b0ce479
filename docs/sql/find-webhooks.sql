-- Whose attempt is due, and which no instance works on. Nothing is sent for a removed user.
WITH due AS (
    SELECT webhooks.id
    FROM webhooks
    JOIN accounts ON accounts.id = webhooks.account_id
    JOIN users ON users.id = accounts.user_id
              AND users.removed_at IS NULL AND users.blocked_at IS NULL
    WHERE next_attempt_at <= now()
      AND (leased_until IS NULL OR leased_until <= now())
    ORDER BY next_attempt_at
    LIMIT 500
),
-- That this instance does not know yet.
created AS (
    SELECT id
    FROM webhooks
    WHERE id > @newest AND disabled_at IS NULL
    ORDER BY id
    LIMIT 500
),
-- The next part of all that are enabled.
part AS (
    SELECT id
    FROM webhooks
    WHERE id > @last AND disabled_at IS NULL
    ORDER BY id
    LIMIT 500
)
SELECT 'due' AS kind, webhooks.id, account_id, true AS is_behind
FROM due
JOIN webhooks ON webhooks.id = due.id
UNION ALL
SELECT 'new', webhooks.id, account_id, true
FROM created
JOIN webhooks ON webhooks.id = created.id
UNION ALL
SELECT 'part', webhooks.id, account_id,
       next_attempt_at IS NULL AND accounts.version > webhooks.sequence
FROM part
JOIN webhooks ON webhooks.id = part.id
JOIN accounts ON accounts.id = webhooks.account_id
ORDER BY kind, id

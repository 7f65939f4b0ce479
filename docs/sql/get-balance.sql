-- What was posted at the moment itself is part of it.
WITH RECURSIVE asked AS (
    SELECT id AS account_id, version, posted_at, 'at' AS edge,
           least(@at::timestamptz + interval '1 microsecond', greatest(posted_at + interval '1 microsecond', accounts.created_at, @settled::timestamptz)) AS moment
    FROM accounts
    WHERE id = @id AND user_id = @userId
),
-- What is before the moment is at low or lower, what is not is at high or higher. Mostly both ends are
-- known: nothing is before minus infinity, and all is before what comes after the last transaction.
search AS (
    SELECT account_id, edge, moment,
           CASE WHEN moment > posted_at THEN version ELSE 0 END AS low,
           CASE WHEN moment = '-infinity' THEN 1 ELSE version + 1 END AS high
    FROM asked
    UNION ALL
    SELECT account_id, edge, moment,
           CASE WHEN is_before THEN middle ELSE low END,
           CASE WHEN is_before THEN high ELSE middle END
    FROM search
    CROSS JOIN LATERAL (SELECT (low + high) / 2 AS middle) AS half
    CROSS JOIN LATERAL (
        SELECT coalesce(
            (SELECT created_at FROM transactions
             WHERE from_account_id = account_id AND from_version = middle),
            (SELECT created_at FROM transactions
             WHERE to_account_id = account_id AND to_version = middle)) < moment AS is_before
        -- Keeps the probe from being written out, and made, once for each end.
        OFFSET 0
    ) AS probe
    WHERE high - low > 1
),
position AS (
    SELECT account_id, edge, moment, max(low) AS sequence
    FROM search
    GROUP BY account_id, edge, moment
)
SELECT account_id AS AccountId, moment - interval '1 microsecond' AS At, coalesce(
    (SELECT from_balance FROM transactions
     WHERE from_account_id = account_id AND from_version = sequence),
    (SELECT to_balance FROM transactions
     WHERE to_account_id = account_id AND to_version = sequence),
    0) AS Balance, sequence
FROM position

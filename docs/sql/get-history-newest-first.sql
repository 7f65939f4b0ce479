WITH RECURSIVE asked AS (
    SELECT id AS account_id, version, posted_at, edge, moment
    FROM accounts
    CROSS JOIN LATERAL (VALUES
        ('since', coalesce(@since::timestamptz, '-infinity')),
        ('until', coalesce(@until::timestamptz, 'infinity'))
    ) AS bound (edge, moment)
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
),
page AS (
    SELECT account_id,
           greatest(@low, 1 + max(sequence) FILTER (WHERE edge = 'since')) AS low,
           least(@high, max(sequence) FILTER (WHERE edge = 'until')) AS high
    FROM position
    GROUP BY account_id
)
-- The account's row comes even without transactions, so that an empty history is not a missing
-- account.
SELECT item.*
FROM page
LEFT JOIN LATERAL ((
SELECT from_version AS sequence, id, from_account_id AS "From", to_account_id AS "To",
       amount, from_balance AS Balance, created_at AS CreatedAt, reference, hold_id AS Hold,
       refund_of AS RefundOf
FROM transactions
WHERE from_account_id = account_id AND from_version BETWEEN low AND high AND @direction::text IS DISTINCT FROM 'in' ORDER BY from_version DESC LIMIT @limit) UNION ALL (
SELECT to_version, id, from_account_id, to_account_id,
       amount, to_balance, created_at, reference, hold_id, refund_of
FROM transactions
WHERE to_account_id = account_id AND to_version BETWEEN low AND high AND @direction::text IS DISTINCT FROM 'out' ORDER BY to_version DESC LIMIT @limit) ORDER BY sequence DESC LIMIT @limit) AS item ON true ORDER BY item.sequence DESC

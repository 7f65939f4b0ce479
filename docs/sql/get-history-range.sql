WITH RECURSIVE
-- Each transaction as the payer and as the payee see it. NOT MATERIALIZED, so that every use of it
-- becomes index scans on (from_account_id, from_version) and (to_account_id, to_version).
history AS NOT MATERIALIZED (
    SELECT from_account_id AS account_id, from_version AS sequence, 'out' AS direction,
           id, from_account_id AS "from", to_account_id AS "to", amount, from_balance AS balance,
           created_at, reference, hold_id AS hold, refund_of
    FROM transactions
    UNION ALL
    SELECT to_account_id, to_version, 'in',
           id, from_account_id, to_account_id, amount, to_balance,
           created_at, reference, hold_id, refund_of
    FROM transactions
),
-- The moments to look up in the history.
moments AS (
    SELECT DISTINCT id AS account_id, version, posted_at, moment
    FROM accounts
    CROSS JOIN (VALUES (@since::timestamptz), (@until::timestamptz)) AS asked (moment)
    WHERE id = @accountId
      AND user_id = @userId
      AND moment IS NOT NULL
),
-- Binary search: the transaction at low is before the moment, the one at high is not. A moment after
-- the last transaction, and minus infinity, need no search.
search AS (
    SELECT account_id, moment,
           CASE WHEN moment > posted_at THEN version ELSE 0 END AS low,
           CASE WHEN moment = '-infinity' THEN 1 ELSE version + 1 END AS high
    FROM moments
    UNION ALL
    SELECT account_id, moment,
           CASE WHEN is_before THEN middle ELSE low END,
           CASE WHEN is_before THEN high ELSE middle END
    FROM search
    CROSS JOIN LATERAL (SELECT (low + high) / 2 AS middle) AS half
    CROSS JOIN LATERAL (
        SELECT created_at < moment AS is_before
        FROM history
        WHERE history.account_id = search.account_id
          AND history.sequence = middle
        LIMIT 1
    ) AS probe
    WHERE high - low > 1
),
-- The search ends where low and high are neighbours.
position AS (
    SELECT account_id, moment, low AS sequence
    FROM search
    WHERE high - low = 1
),
range AS (
    SELECT max(sequence + 1) FILTER (WHERE moment = @since::timestamptz) AS low,
           max(sequence) FILTER (WHERE moment = @until::timestamptz) AS high
    FROM position
)
SELECT low, high
FROM range

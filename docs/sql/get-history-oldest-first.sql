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
-- The requested pages of accounts that belong to their callers.
requested AS (
    SELECT ordinal, account.id AS account_id, version, posted_at,
           low, high, size, since, until, direction
    FROM unnest(@accountIds, @userIds, @lows, @highs, @sizes, @sinces, @untils, @directions)
         WITH ORDINALITY AS request (
             account_id, user_id, low, high, size, since, until, direction, ordinal)
    JOIN accounts AS account ON account.id = request.account_id
                            AND account.user_id = request.user_id
),
-- The moments to look up in the histories.
bound AS (
    SELECT account_id, version, posted_at, since AS moment
    FROM requested
    WHERE since IS NOT NULL
    UNION
    SELECT account_id, version, posted_at, until
    FROM requested
    WHERE until IS NOT NULL
),
-- Binary search: the transaction at low is before the moment, the one at high is not. A moment after
-- the last transaction, and minus infinity, need no search.
search AS (
    SELECT account_id, moment,
           CASE WHEN moment > posted_at THEN version ELSE 0 END AS low,
           CASE WHEN moment = '-infinity' THEN 1 ELSE version + 1 END AS high
    FROM bound
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
-- Moments as sequences: a sequence has no gaps, so every page is part of a range of it.
page AS (
    SELECT ordinal, account_id, size, direction,
           greatest(low, 1 + (
               SELECT sequence
               FROM position
               WHERE position.account_id = requested.account_id
                 AND moment = since)) AS low,
           least(high, (
               SELECT sequence
               FROM position
               WHERE position.account_id = requested.account_id
                 AND moment = until)) AS high
    FROM requested
)
-- LEFT JOIN: an empty history has a row too, unlike a missing account.
SELECT ordinal, sequence, id, "from", "to", amount, balance, created_at, reference, hold, refund_of
FROM page
LEFT JOIN LATERAL (
    SELECT *
    FROM history
    WHERE history.account_id = page.account_id
      AND history.sequence BETWEEN page.low AND page.high
      AND history.direction = coalesce(page.direction, history.direction)
    ORDER BY history.sequence
    LIMIT page.size
) AS item ON true
ORDER BY ordinal, sequence

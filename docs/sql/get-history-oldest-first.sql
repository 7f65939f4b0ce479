WITH
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
-- The requested pages of accounts that belong to their callers. Sequences have no gaps, so a page is
-- a range of sequence numbers; a filter leaves some of them out.
page AS (
    SELECT ordinal, account.id AS account_id, currency, low, high, size, direction
    FROM unnest(@accountIds, @userIds, @lows, @highs, @sizes, @directions)
         WITH ORDINALITY AS request (account_id, user_id, low, high, size, direction, ordinal)
    JOIN accounts AS account ON account.id = request.account_id
                            AND account.user_id = request.user_id
)
SELECT ordinal, sequence, id, "from", "to", amount, page.currency, balance, created_at, reference,
       hold, refund_of
FROM page
-- LEFT JOIN: an account without transactions still returns a row; an unknown account returns none.
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

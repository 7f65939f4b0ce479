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
-- The transactions to look at. Their place says when the limit is reached.
looked AS (
    SELECT *, row_number() OVER (ORDER BY sequence DESC) AS place
    FROM history
    WHERE account_id = @accountId
      AND sequence BETWEEN @low AND @high
      AND direction = coalesce(@direction::text, direction)
    ORDER BY sequence DESC
    LIMIT 10000
),
judged AS (
    SELECT *,
           amount BETWEEN @minAmount AND @maxAmount
               AND (@counterparty::bigint IS NULL
                    OR CASE direction WHEN 'out' THEN "to" ELSE "from" END
                        IS NOT DISTINCT FROM @counterparty::bigint) AS is_match,
           place = 10000 AS is_last
    FROM looked
)
-- The last transaction of all that may be looked at is there even if it does not match: the next page
-- begins after it.
SELECT sequence, id, "from", "to", amount,
       (SELECT currency FROM accounts WHERE id = @accountId) AS currency,
       balance, created_at, reference, hold, refund_of, is_match, is_last
FROM judged
WHERE is_match OR is_last
ORDER BY sequence DESC LIMIT @size

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
-- The limit excludes nothing: it tells the planner how small the range is.
item AS (
    SELECT *
    FROM history
    WHERE account_id = @accountId
      AND sequence BETWEEN @low AND @high
    ORDER BY sequence
    LIMIT 1000
)
SELECT sequence, id, "from", "to", amount,
       (SELECT currency FROM accounts WHERE id = @accountId) AS currency,
       balance, created_at, reference, hold, refund_of
FROM item
ORDER BY sequence

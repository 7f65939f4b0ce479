-- The limits take nothing away, but tell the planner how small the range is.
SELECT item.*
FROM (SELECT @accountId::bigint AS account_id, @low::bigint AS low, @high::bigint AS high) AS page
CROSS JOIN LATERAL ((
SELECT from_version AS sequence, id, from_account_id AS "From", to_account_id AS "To",
       amount, from_balance AS Balance, created_at AS CreatedAt, reference, hold_id AS Hold,
       refund_of AS RefundOf
FROM transactions
WHERE from_account_id = account_id AND from_version BETWEEN low AND high ORDER BY from_version LIMIT 1000) UNION ALL (
SELECT to_version, id, from_account_id, to_account_id,
       amount, to_balance, created_at, reference, hold_id, refund_of
FROM transactions
WHERE to_account_id = account_id AND to_version BETWEEN low AND high ORDER BY to_version LIMIT 1000)) AS item ORDER BY item.sequence

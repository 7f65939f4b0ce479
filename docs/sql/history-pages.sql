-- Of a page of @sizes, the last of the sequences that are asked for, and those before it.
SELECT ordinal, item.*
FROM unnest(@ids, @userIds, @lows, @highs, @sizes) WITH ORDINALITY
     AS asked (asked_id, caller_id, lowest, highest, size, ordinal)
JOIN accounts AS account ON account.id = asked_id AND user_id = caller_id
CROSS JOIN LATERAL (
    SELECT asked_id AS account_id,
           greatest(lowest, least(highest, version) - size + 1) AS low,
           least(highest, version) AS high
) AS page
-- The account's row comes even without transactions, so that an empty history is not a missing
-- account. The limits take nothing away, but tell the planner how small the range is.
LEFT JOIN LATERAL ((
SELECT from_version AS sequence, id, from_account_id AS "From", to_account_id AS "To",
       amount, from_balance AS Balance, created_at AS CreatedAt, reference, hold_id AS Hold,
       refund_of AS RefundOf
FROM transactions
WHERE from_account_id = account_id AND from_version BETWEEN low AND high ORDER BY from_version LIMIT 101) UNION ALL (
SELECT to_version, id, from_account_id, to_account_id,
       amount, to_balance, created_at, reference, hold_id, refund_of
FROM transactions
WHERE to_account_id = account_id AND to_version BETWEEN low AND high ORDER BY to_version LIMIT 101)) AS item ON true ORDER BY ordinal, item.sequence

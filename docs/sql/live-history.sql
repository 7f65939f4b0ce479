-- A row without a transaction says that nothing more will come: the account is closed and all of it
-- told, the user left or has another password, or the ledger does not know what was told.
SELECT ordinal, item.*
FROM unnest(@ids, @userIds, @passwordHashes, @sequences) WITH ORDINALITY
     AS listener (listened_id, caller_id, caller_hash, told, ordinal)
LEFT JOIN users ON users.id = caller_id AND password_hash = caller_hash AND removed_at IS NULL
LEFT JOIN accounts AS account ON account.id = listened_id AND user_id = users.id AND version >= told
CROSS JOIN LATERAL (
    SELECT account.id AS account_id, told + 1 AS low, least(version, told + 100) AS high
) AS page
-- The limits take nothing away, but tell the planner how small the range is.
LEFT JOIN LATERAL ((
SELECT from_version AS sequence, id, from_account_id AS "From", to_account_id AS "To",
       amount, from_balance AS Balance, created_at AS CreatedAt, reference, hold_id AS Hold,
       refund_of AS RefundOf
FROM transactions
WHERE from_account_id = account_id AND from_version BETWEEN low AND high ORDER BY from_version LIMIT 100) UNION ALL (
SELECT to_version, id, from_account_id, to_account_id,
       amount, to_balance, created_at, reference, hold_id, refund_of
FROM transactions
WHERE to_account_id = account_id AND to_version BETWEEN low AND high ORDER BY to_version LIMIT 100)) AS item ON true WHERE account.id IS NULL OR version > told OR closed_at IS NOT NULL ORDER BY ordinal, item.sequence

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
-- The webhooks with new transactions, or that this instance may no longer deliver: deleted, replayed,
-- leased to another instance, the user deleted, or the ledger does not have what was delivered.
delivery AS (
    SELECT ordinal, account.id AS account_id, account.version, account.currency, delivered,
           generation, rotated_at
    FROM unnest(@ids, @replays, @sequences) WITH ORDINALITY
         AS active (id, replays, delivered, ordinal)
    LEFT JOIN webhooks ON webhooks.id = active.id
                      AND webhooks.replays = active.replays
                      AND webhooks.lease = @lease
    LEFT JOIN accounts AS account ON account.id = webhooks.account_id
                                 AND account.version >= delivered
                                 AND EXISTS (SELECT
                                             FROM users
                                             WHERE users.id = account.user_id
                                               AND users.removed_at IS NULL
                                               AND users.blocked_at IS NULL)
    WHERE account.id IS NULL
       OR account.version > delivered
)
-- LEFT JOIN: a row without a transaction says that the delivery ends.
SELECT ordinal, delivery.account_id, version, generation, rotated_at,
       sequence, id, "from", "to", amount, delivery.currency, balance, created_at, reference, hold,
       refund_of
FROM delivery
LEFT JOIN LATERAL (
    SELECT *
    FROM history
    WHERE history.account_id = delivery.account_id
      AND history.sequence > delivered
    ORDER BY history.sequence
    LIMIT 20
) AS item ON true
ORDER BY ordinal, sequence

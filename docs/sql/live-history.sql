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
-- The subscribers with new transactions, or with none to come: the account is closed, the user was
-- deleted or blocked, what the user signed in with is no longer in effect (another password, or no
-- such key), or the ledger does not have what was published.
subscriber AS (
    SELECT ordinal, account.id AS account_id, account.currency, published
    FROM unnest(@accountIds, @userIds, @passwordHashes::text[], @keyIds, @sequences)
         WITH ORDINALITY
         AS subscription (account_id, user_id, password_hash, key_id, published, ordinal)
    LEFT JOIN keys ON keys.id = subscription.key_id
                  AND (keys.expires_at IS NULL OR keys.expires_at > clock_timestamp())
    LEFT JOIN users ON users.id = subscription.user_id
                   AND users.removed_at IS NULL
                   AND users.blocked_at IS NULL
                   AND (subscription.password_hash IS NULL
                        OR users.password_hash = subscription.password_hash)
                   AND (subscription.key_id = 0 OR keys.user_id = users.id)
    LEFT JOIN accounts AS account ON account.id = subscription.account_id
                                 AND account.user_id = users.id
                                 AND account.version >= published
    WHERE account.id IS NULL
       OR account.version > published
       OR account.closed_at IS NOT NULL
)
-- LEFT JOIN: a row without a transaction says that none will follow.
SELECT ordinal, sequence, id, "from", "to", amount, subscriber.currency, balance, created_at,
       reference, hold, refund_of
FROM subscriber
LEFT JOIN LATERAL (
    SELECT *
    FROM history
    WHERE history.account_id = subscriber.account_id
      AND history.sequence > published
    ORDER BY history.sequence
    LIMIT 100
) AS item ON true
ORDER BY ordinal, sequence

-- The transaction, with the accounts of it that belong to the user.
WITH item AS (
    SELECT transactions.*, payer.id AS payer_id, payee.id AS payee_id,
           coalesce(payer.currency, payee.currency) AS currency
    FROM transactions
    LEFT JOIN accounts AS payer ON payer.id = from_account_id AND payer.user_id = @userId
    LEFT JOIN accounts AS payee ON payee.id = to_account_id AND payee.user_id = @userId
    WHERE transactions.id = @id
      AND (payer.id IS NOT NULL OR payee.id IS NOT NULL)
),
-- Its latest refunds. Each says how much was left to refund after it.
refund AS (
    SELECT id, refund_number, refund_left
    FROM transactions
    WHERE refund_of = @id
    ORDER BY refund_number DESC
    LIMIT 100
),
refunds AS (
    SELECT array_agg(id ORDER BY refund_number DESC) AS ids, min(refund_left) AS amount_left
    FROM refund
)
SELECT item.id,
       item.from_account_id AS "from",
       item.to_account_id AS "to",
       item.amount,
       item.currency,
       -- As the posting's response gave it: of both accounts the payer's, but for a captured hold the
       -- payee's.
       CASE WHEN payer_id IS NOT NULL AND (item.hold_id IS NULL OR payee_id IS NULL)
            THEN item.from_balance
            ELSE item.to_balance
       END AS balance,
       item.created_at,
       item.reference,
       item.hold_id AS hold,
       item.refund_of,
       item.amount - refunds.amount_left AS refunded,
       refunds.ids AS refunds
FROM item
CROSS JOIN refunds

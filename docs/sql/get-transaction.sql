SELECT t.id,
       t.from_account_id AS "From",
       t.to_account_id AS "To",
       t.amount,
       -- A user who owns both sides looks as when it was answered: from the one that
       -- paid, and with what was captured from the one that received.
       CASE WHEN source.id IS NOT NULL AND (t.hold_id IS NULL OR target.id IS NULL)
            THEN t.from_balance ELSE t.to_balance END AS Balance,
       t.created_at AS CreatedAt,
       t.reference, t.hold_id AS Hold, t.refund_of AS RefundOf,
       t.amount - refund.amount_left AS Refunded, refund.ids AS Refunds
FROM transactions AS t
LEFT JOIN accounts AS source ON source.id = t.from_account_id AND source.user_id = @userId
LEFT JOIN accounts AS target ON target.id = t.to_account_id AND target.user_id = @userId
LEFT JOIN LATERAL (
    SELECT array_agg(id ORDER BY refund_number DESC) AS ids, min(refund_left) AS amount_left
    FROM (
        SELECT id, refund_number, refund_left
        FROM transactions
        WHERE refund_of = t.id
        ORDER BY refund_number DESC
        LIMIT 100
    ) AS latest
) AS refund ON true
WHERE t.id = @id AND (source.id IS NOT NULL OR target.id IS NOT NULL)

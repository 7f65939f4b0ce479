WITH item AS (
    -- Each side reads at most a page.
    (
        SELECT *
        FROM holds
        WHERE from_account_id = @id AND number < @before
        ORDER BY number DESC
        LIMIT @limit
    )
    UNION ALL
    (
        SELECT *
        FROM holds
        WHERE to_account_id = @id AND number < @before
        ORDER BY number DESC
        LIMIT @limit
    )
)
-- LEFT JOIN: an account without holds still returns a row, which tells it from a missing account.
SELECT item.number, item.id, item.from_account_id AS "from", item.to_account_id AS "to", item.amount,
       accounts.currency,
       -- A hold expires by the clock, even before its status is set.
       CASE WHEN item.status = 'held' AND item.expires_at <= clock_timestamp() THEN 'expired'
            ELSE item.status END AS status,
       item.expires_at, item.created_at, item.reference
FROM accounts
LEFT JOIN item ON true
WHERE accounts.id = @id AND user_id = @userId
ORDER BY item.number DESC
LIMIT @limit

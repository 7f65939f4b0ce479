WITH account AS (
    SELECT id, version
    FROM accounts
    WHERE id = @accountId AND user_id = @userId
),
-- It begins with the next transaction of the account.
created AS (
    INSERT INTO webhooks (account_id, url, sequence)
    SELECT id, @url, version
    FROM account
    WHERE (SELECT count(*) FROM webhooks WHERE account_id = @accountId) < @max
    RETURNING id, url, sequence, created_at
)
-- A row without a webhook says that the account has too many.
SELECT created.id, url, sequence, created_at
FROM account
LEFT JOIN created ON true

SELECT id, name, currency, balance, created_at, closed_at,
       balance - held + coalesce(expired.amount, 0) AS available
FROM accounts
LEFT JOIN LATERAL (
    SELECT sum(amount)::bigint AS amount
    FROM holds
    WHERE accounts.held > 0
      AND from_account_id = accounts.id AND status = 'held' AND expires_at <= clock_timestamp()
) AS expired ON true
WHERE user_id = @userId AND id < @before
ORDER BY id DESC
LIMIT @limit

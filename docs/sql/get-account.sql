SELECT id, name, currency, balance, created_at, closed_at,
       balance - held + coalesce(expired.amount, 0) AS available
FROM unnest(@ids, @userIds) WITH ORDINALITY AS request (account_id, caller_id, ordinal)
LEFT JOIN accounts ON id = account_id AND user_id = caller_id
LEFT JOIN LATERAL (
    SELECT sum(amount)::bigint AS amount
    FROM holds
    WHERE accounts.held > 0
      AND from_account_id = accounts.id AND status = 'held' AND expires_at <= clock_timestamp()
) AS expired ON true
ORDER BY ordinal

SELECT version AS sequence,
       closed_at IS NOT NULL AS is_closed
FROM accounts
WHERE id = @id
  AND user_id = @userId

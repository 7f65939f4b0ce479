UPDATE webhooks
SET generation = generation + 1, rotated_at = clock_timestamp()
FROM accounts
WHERE webhooks.id = @id
  AND accounts.id = webhooks.account_id
  AND accounts.user_id = @userId
RETURNING generation, rotated_at

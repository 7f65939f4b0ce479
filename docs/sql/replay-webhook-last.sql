SELECT version
FROM webhooks
JOIN accounts ON accounts.id = webhooks.account_id
WHERE webhooks.id = @id
  AND accounts.user_id = @userId

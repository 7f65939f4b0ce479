DELETE FROM webhooks
USING accounts
WHERE webhooks.id = @id
  AND accounts.id = webhooks.account_id
  AND accounts.user_id = @userId

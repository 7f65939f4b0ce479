UPDATE webhooks
SET sequence = @after, replays = replays + 1, attempts = 0, error = NULL, disabled_at = NULL,
    next_attempt_at = CASE WHEN version > @after THEN clock_timestamp() END
FROM accounts
WHERE webhooks.id = @id
  AND accounts.id = webhooks.account_id
RETURNING webhooks.id, url, sequence, webhooks.created_at

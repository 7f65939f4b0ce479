SELECT id, url, sequence, created_at,
       CASE WHEN attempts > 0 THEN next_attempt_at END AS next_attempt_at,
       error, disabled_at
FROM webhooks
WHERE account_id = @accountId
ORDER BY id DESC

SELECT DISTINCT from_account_id
FROM holds
WHERE status = 'held' AND expires_at <= now() AND from_account_id > @after
ORDER BY from_account_id
LIMIT @most

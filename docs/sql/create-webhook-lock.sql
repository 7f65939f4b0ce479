SELECT id
FROM users
WHERE id = @userId AND removed_at IS NULL
FOR NO KEY UPDATE

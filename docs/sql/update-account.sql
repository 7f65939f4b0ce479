UPDATE accounts
SET name = @name::text
WHERE id = @id
  AND user_id = @userId
  AND name IS DISTINCT FROM @name::text

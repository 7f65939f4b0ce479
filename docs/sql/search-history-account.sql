SELECT currency
FROM accounts
WHERE id = @accountId AND user_id = @userId

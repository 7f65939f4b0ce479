SELECT EXISTS (SELECT FROM accounts WHERE id = @accountId AND user_id = @userId)

-- More than a balance can hold may have come and gone.
SELECT coalesce(sum(amount) * 0.01, 0)
FROM transactions
WHERE from_account_id = @accountId AND from_version BETWEEN @low AND @high

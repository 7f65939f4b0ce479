-- In hundredths, because the total may exceed what a balance can be.
SELECT coalesce(sum(amount), 0) * 0.01
FROM transactions
WHERE from_account_id = @accountId
  AND from_version BETWEEN @low AND @high

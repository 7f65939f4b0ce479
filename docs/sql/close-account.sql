-- Locks the account only if it looks empty. Waits for postings in flight; the locked row is then up
-- to date, and its balance is checked again.
WITH locked AS (
    SELECT id, balance
    FROM accounts
    WHERE id = @id AND user_id = @userId AND balance = 0
    FOR NO KEY UPDATE
),
-- A repeated request keeps the time of the first. Sets the balance of the locked row: the check that
-- a closed account is empty would otherwise see the row as it was before the lock wait.
closed AS (
    UPDATE accounts
    SET balance = locked.balance, closed_at = coalesce(accounts.closed_at, clock_timestamp())
    FROM locked
    WHERE accounts.id = locked.id
    RETURNING accounts.id
)
SELECT CASE
           WHEN EXISTS (SELECT FROM closed) THEN NULL
           WHEN EXISTS (SELECT FROM accounts WHERE id = @id AND user_id = @userId)
               THEN 'account_not_empty'
           ELSE 'account_not_found'
       END

SELECT id, from_account_id AS "from", to_account_id AS "to",
       (SELECT currency FROM accounts WHERE accounts.id = coalesce(to_account_id, from_account_id))
           AS currency
FROM transactions
WHERE id = @id
  AND EXISTS (
      SELECT
      FROM accounts
      WHERE accounts.id IN (from_account_id, to_account_id) AND user_id = @userId)

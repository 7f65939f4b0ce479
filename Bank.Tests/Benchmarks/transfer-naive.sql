-- One transfer as an application would make it, statement by statement. The accounts are locked in order, or opposite
-- transfers would end in a deadlock.
BEGIN;
SELECT balance - held AS available
FROM accounts
WHERE id IN (:from, :to)
ORDER BY id
FOR UPDATE;
UPDATE accounts
SET balance = balance - :amount, version = version + 1, posted_at = greatest(clock_timestamp(), posted_at)
WHERE id = :from AND user_id = :caller AND balance - held >= :amount
RETURNING balance AS from_balance, version AS from_version, posted_at AS from_time \gset
UPDATE accounts
SET balance = balance + :amount, version = version + 1,
    posted_at = greatest(clock_timestamp(), posted_at)
WHERE id = :to
RETURNING balance AS to_balance, version AS to_version \gset
INSERT INTO transactions (
    id, from_account_id, to_account_id, amount, from_balance, to_balance, from_version, to_version, created_at)
VALUES (
    {id}, :from, :to, :amount, :from_balance, :to_balance, :from_version, :to_version, clock_timestamp());
COMMIT;

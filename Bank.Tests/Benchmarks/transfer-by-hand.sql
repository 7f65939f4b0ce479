-- One transfer, written by hand for one command: what the set form records, without what only sets need.
WITH locked AS MATERIALIZED (
    SELECT id, user_id, balance, held, version, posted_at
    FROM accounts
    WHERE id IN (:from, :to)
    ORDER BY id
    FOR NO KEY UPDATE
),
verdict AS MATERIALIZED (
    SELECT payer.balance - :amount AS from_balance,
           payee.balance + :amount AS to_balance,
           payer.version + 1 AS from_version,
           payee.version + 1 AS to_version,
           greatest(clock_timestamp(), payer.posted_at, payee.posted_at) AS created_at
    FROM locked AS payer, locked AS payee
    WHERE payer.id = :from AND payer.user_id = :caller AND payer.balance - payer.held >= :amount
      AND payee.id = :to
),
posting AS (
    INSERT INTO transactions (
        id, from_account_id, to_account_id, amount,
        from_balance, to_balance, from_version, to_version, created_at)
    SELECT {id}, :from, :to, :amount,
           from_balance, to_balance, from_version, to_version, created_at
    FROM verdict
    RETURNING id, from_balance, created_at
),
balance AS (
    UPDATE accounts
    SET balance = CASE WHEN id = :from THEN from_balance ELSE to_balance END,
        version = CASE WHEN id = :from THEN from_version ELSE to_version END,
        posted_at = verdict.created_at
    FROM verdict
    WHERE id IN (:from, :to)
)
SELECT id, from_balance, created_at
FROM posting;

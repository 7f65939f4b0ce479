-- One transfer, written by hand for one command: what the set form records, without what only sets need.
WITH locked AS MATERIALIZED (
    SELECT id, user_id, balance, version
    FROM accounts
    WHERE id IN (:source, :target)
    ORDER BY id
    FOR NO KEY UPDATE
),
verdict AS MATERIALIZED (
    SELECT source.balance - :amount AS from_balance,
           target.balance + :amount AS to_balance,
           source.version + 1 AS from_version,
           target.version + 1 AS to_version
    FROM locked AS source, locked AS target
    WHERE source.id = :source AND source.user_id = :caller AND source.balance >= :amount
      AND target.id = :target
),
posting AS (
    INSERT INTO transactions (
        id, from_account_id, to_account_id, amount,
        from_balance, to_balance, from_version, to_version, created_at)
    SELECT {id}, :source, :target, :amount,
           from_balance, to_balance, from_version, to_version, clock_timestamp()
    FROM verdict
    RETURNING id, from_balance, created_at
),
balance AS (
    UPDATE accounts
    SET balance = CASE WHEN id = :source THEN from_balance ELSE to_balance END,
        version = CASE WHEN id = :source THEN from_version ELSE to_version END
    FROM verdict
    WHERE id IN (:source, :target)
)
SELECT id, from_balance, created_at
FROM posting;

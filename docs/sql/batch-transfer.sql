/* bank:posting */
-- The transfers, in the order in which they are judged.
WITH command AS (
    SELECT ordinal, (@callers)[1] AS caller_id, from_id, to_id, amount
    FROM unnest(@from, @to, @amounts) WITH ORDINALITY AS c (from_id, to_id, amount, ordinal)
),
-- Locks every account of the group in one order, so that opposite transfers never deadlock. Only a
-- locked row is up to date, so everything below is judged by these rows. SKIP LOCKED: the query
-- does not wait for an account that another session has locked; its commands are parked.
locked AS MATERIALIZED (
    SELECT id, user_id, balance, held, version, closed_at, posted_at, currency
    FROM accounts
    WHERE id = ANY (@accounts)
    ORDER BY id
    FOR NO KEY UPDATE SKIP LOCKED
),
-- Joins each command with its accounts. debits_so_far and credits_so_far are the group's totals on an
-- account up to this command; debits leave out commands that are refused for their owner or amount.
-- busy_id is an account that another session has locked. @currencies has what the amounts are in;
-- 0 is no currency. A balance of a currency has at most 15 digits.
weighed AS (
    SELECT command.*,
           payer.user_id AS from_owner, payer.balance AS from_balance, payer.version AS from_version,
           payer.held AS from_held, payer.balance - payer.held AS from_available,
           payee.user_id AS to_owner, payee.balance AS to_balance, payee.version AS to_version,
           payee.held AS to_held,
           CASE WHEN payee.currency = 0 THEN 999999999999999999 ELSE 999999999999999 END
               - payee.balance AS to_room,
           payee.currency AS to_currency,
           payer.currency <> coalesce((@currencies)[ordinal], 0)
               OR payee.currency <> coalesce((@currencies)[ordinal], 0) AS is_other_currency,
           coalesce(payer.closed_at, payee.closed_at) IS NOT NULL AS is_closed,
           sum(amount)
               FILTER (WHERE payer.user_id = caller_id AND amount <= payer.balance - payer.held)
               OVER (PARTITION BY from_id ORDER BY ordinal) AS debits_so_far,
           sum(amount) OVER (PARTITION BY to_id ORDER BY ordinal) AS credits_so_far,
           CASE
               WHEN from_id IS NOT NULL AND payer.id IS NULL
                   THEN (SELECT id FROM accounts WHERE id = from_id)
               WHEN to_id IS NOT NULL AND payee.id IS NULL
                   THEN (SELECT id FROM accounts WHERE id = to_id)
           END AS busy_id
    FROM command
    LEFT JOIN locked AS payer ON payer.id = from_id
    LEFT JOIN locked AS payee ON payee.id = to_id
),
-- Both sides of each transfer, with the balance of their accounts after it if all earlier ones are
-- posted.
course AS MATERIALIZED (
    SELECT ordinal, is_debit, account_id, amount, held,
           caller_id, from_owner, to_owner, is_closed, is_other_currency, busy_id,
           CASE WHEN to_currency = 0 THEN 999999999999999999 ELSE 999999999999999 END AS max_balance,
           balance + (sum(change) OVER account)::bigint AS balance,
           version + row_number() OVER account AS version,
           lead(ordinal) OVER account IS NULL AS is_last
    FROM weighed
    CROSS JOIN LATERAL (VALUES
        (from_id, true, -amount, from_balance, from_held, from_version),
        (to_id, false, amount, to_balance, to_held, to_version)
    ) AS side (account_id, is_debit, change, balance, held, version)
    WINDOW account AS (PARTITION BY account_id ORDER BY ordinal)
),
-- The outcome of each side. Only the payer's balance has to cover its holds.
judged AS (
    SELECT ordinal, is_debit, account_id, busy_id,
           CASE
               WHEN NOT is_debit AND balance > max_balance THEN 'balance_limit_exceeded'
               WHEN NOT is_debit THEN 'posted'
               WHEN from_owner IS DISTINCT FROM caller_id THEN 'source_not_found'
               WHEN to_owner IS NULL THEN 'target_not_found'
               WHEN is_closed THEN 'account_closed'
               WHEN is_other_currency THEN 'currency_mismatch'
               WHEN balance < held AND EXISTS (
                   SELECT
                   FROM holds
                   WHERE from_account_id = account_id AND status = 'held'
                     AND expires_at <= clock_timestamp())
                   THEN 'hold_expired'
               WHEN balance < held THEN 'insufficient_funds'
               ELSE 'posted'
           END AS outcome
    FROM course
),
-- The outcome of the batch: that of the first transfer that cannot be posted. Null: it waits for
-- an account that another session has locked.
verdict AS MATERIALIZED (
    SELECT ordinal,
           CASE WHEN busy_id IS NULL THEN outcome END AS outcome,
           CASE WHEN outcome = 'hold_expired' THEN coalesce(busy_id, account_id) ELSE busy_id END
               AS busy_id
    FROM judged
    ORDER BY judged.busy_id IS NULL AND judged.outcome = 'posted', ordinal, is_debit DESC
    LIMIT 1
),
-- The clock, and the time of all transfers: once the accounts are locked, and later than every
-- earlier posting on any of them. It is at most the last day that a response can show.
moment AS MATERIALIZED (
    SELECT created_at,
           array_fill(
               greatest(created_at, least(last_at + interval '1 microsecond', '9999-12-31 UTC')),
               ARRAY[cardinality(@ids)]) AS times
    FROM (
        SELECT clock_timestamp() AS created_at, coalesce(max(posted_at), '-infinity') AS last_at
        FROM locked
    ) AS clock
),
-- Claims the key of the whole batch, with the transfer that decided.
claim AS MATERIALIZED (
    SELECT CASE
        WHEN (@keys)[1] IS NOT NULL THEN claim_keys(
            @callers, @keys, @fingerprints, ARRAY[(@ids)[ordinal]], @traceIds,
            ARRAY[CASE WHEN outcome <> 'hold_expired' THEN outcome END],
            (SELECT created_at FROM moment))
    END AS is_taken
    FROM verdict
),
-- A batch whose key existed before is a replay.
result AS MATERIALIZED (
    SELECT ordinal, CASE WHEN NOT is_taken[1] THEN 'key_locked' ELSE outcome END AS outcome,
           busy_id, is_taken[1] IS TRUE AS is_replay
    FROM verdict
    CROSS JOIN claim
),
-- The entries, all of them or none.
entry AS (
    SELECT ordinal, account_id, is_debit, amount, balance, version, is_last
    FROM course
    WHERE EXISTS (SELECT FROM result WHERE outcome = 'posted' AND NOT is_replay)
),
-- The debit and the credit of each command in one row.
movement AS (
    SELECT ordinal, max(amount) AS amount,
           max(account_id) FILTER (WHERE is_debit) AS from_id,
           max(balance) FILTER (WHERE is_debit) AS from_balance,
           max(version) FILTER (WHERE is_debit) AS from_version,
           max(account_id) FILTER (WHERE NOT is_debit) AS to_id,
           max(balance) FILTER (WHERE NOT is_debit) AS to_balance,
           max(version) FILTER (WHERE NOT is_debit) AS to_version
    FROM entry
    GROUP BY ordinal
),

-- Sets the new values instead of adding to the old ones; this is safe because the rows are locked.
-- With balance - amount, PostgreSQL would check the constraints against the row as it was when the
-- query began, which may be stale.
balance AS (
    UPDATE accounts
    SET balance = entry.balance, version = entry.version,
        posted_at = (SELECT times FROM moment)[entry.ordinal]
    FROM entry
    WHERE accounts.id = entry.account_id AND entry.is_last
    RETURNING accounts.id
),

-- Records the transactions. created_at is NOT NULL and is only set if every balance was updated;
-- otherwise the whole query is rolled back.
posting AS (
    INSERT INTO transactions (
        id, from_account_id, to_account_id, amount,
        from_balance, to_balance, from_version, to_version, reference, created_at)
    SELECT (@ids)[ordinal], from_id, to_id, amount,
           from_balance, to_balance, from_version, to_version, (@references)[ordinal],
           CASE WHEN (SELECT count(*) FROM balance) = (SELECT count(*) FROM entry WHERE is_last)
                THEN (SELECT times FROM moment)[ordinal] END
    FROM movement
)
SELECT 1::bigint AS ordinal, outcome, is_replay, busy_id, (@ids)[ordinal] AS transaction_id,
       ARRAY(SELECT from_balance FROM movement ORDER BY movement.ordinal) AS balances,
       (SELECT times FROM moment)[1] AS created_at
FROM result

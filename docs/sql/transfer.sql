/* bank:posting */
-- The commands of the group, in its order.
WITH command AS (
    SELECT ordinal, caller_id, from_id, to_id, amount
    FROM unnest(@callers, @from, @to, @amounts)
        WITH ORDINALITY AS c (caller_id, from_id, to_id, amount, ordinal)
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
-- The outcome of each command. Null (requeue): the balances allow this command alone,
-- but not after the earlier commands of the group.
verdict AS (
    SELECT *,
           CASE
               WHEN from_owner IS DISTINCT FROM caller_id THEN 'source_not_found'
               WHEN to_owner IS NULL THEN 'target_not_found'
               WHEN is_closed THEN 'account_closed'
               WHEN is_other_currency THEN 'currency_mismatch'
               WHEN amount > from_available THEN 'insufficient_funds'
               WHEN amount > to_room THEN 'balance_limit_exceeded'
               WHEN debits_so_far > from_available OR credits_so_far > to_room THEN NULL
               ELSE 'posted'
           END AS outcome
    FROM weighed
),
-- The clock, read once the accounts are locked, and the time of each command by its ordinal. It is
-- later than every earlier posting on its accounts, whatever the clock does, so an account's history
-- up to a settled moment is final. All commands have the time of the clock, unless an account is
-- ahead of it.
moment AS MATERIALIZED (
    SELECT created_at,
           CASE WHEN last_at >= created_at THEN command_times(created_at, @from, @to)
                ELSE array_fill(created_at, ARRAY[cardinality(@ids)])
           END AS times
    FROM (SELECT clock_timestamp() AS created_at, max(posted_at) AS last_at FROM locked) AS clock
),

-- The verdicts. A command on a busy account, or without a time yet, stays undecided (null). A debit
-- that needs the money of a hold that has expired, but is not freed yet, waits for it.
decided AS MATERIALIZED (
    SELECT ordinal, caller_id, amount, from_id, from_balance, from_version,
           to_id, to_balance, to_version, from_held, to_held, busy_id,
           CASE
               WHEN busy_id IS NOT NULL OR (SELECT times FROM moment)[ordinal] IS NULL THEN NULL
               WHEN outcome = 'insufficient_funds' AND from_held > 0 AND EXISTS (
                   SELECT
                   FROM holds
                   WHERE from_account_id = from_id AND status = 'held'
                     AND expires_at <= clock_timestamp())
                   THEN 'hold_expired'
               ELSE outcome
           END AS outcome
    FROM verdict
),
-- Claims the idempotency keys together with their outcomes, after the locks. It waits for no key: of
-- one that it did not get it tells whether the key exists, or another session has locked it.
claim AS MATERIALIZED (
    SELECT CASE
        WHEN cardinality(@keys) > 0 THEN claim_keys(
            @callers, @keys, @fingerprints, @ids, @traceIds,
            (SELECT array_agg(
                 CASE WHEN (@keys)[ordinal] IS NOT NULL
                           AND outcome NOT IN ('hold_locked', 'hold_expired')
                      THEN outcome END
                 ORDER BY ordinal)
             FROM decided),
            (SELECT created_at FROM moment))
    END AS is_taken
),
-- A command whose key existed before is a replay: it posts nothing and gets the first result.
result AS NOT MATERIALIZED (
    SELECT ordinal, amount, from_id, from_balance, from_version,
           to_id, to_balance, to_version, from_held, to_held, busy_id,
           CASE WHEN NOT (SELECT is_taken FROM claim)[ordinal] THEN 'key_locked' ELSE outcome END
               AS outcome,
           (SELECT is_taken FROM claim)[ordinal] IS TRUE AS is_replay
    FROM decided
),

-- The balance and the version of each account after each posted command.
entry AS (
    SELECT ordinal, account_id, is_debit, amount,
           balance + (sum(change) OVER account)::bigint AS balance,
           version + row_number() OVER account AS version,
           lead(ordinal) OVER account IS NULL AS is_last
    FROM result
    CROSS JOIN LATERAL (VALUES
        (from_id, true, -amount, from_balance, from_version),
        (to_id, false, amount, to_balance, to_version)
    ) AS side (account_id, is_debit, change, balance, version)
    WHERE outcome = 'posted' AND NOT is_replay
    WINDOW account AS (PARTITION BY account_id ORDER BY ordinal)
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
),
-- The balance in the response: the payer's, or that of the only side.
returned AS NOT MATERIALIZED (
    SELECT ordinal, amount, coalesce(from_balance, to_balance) AS balance
    FROM movement
)
SELECT ordinal, outcome, is_replay, busy_id,
       NULL::bigint AS amount, NULL::bigint AS balance, NULL::timestamptz AS created_at
FROM result
WHERE outcome IS DISTINCT FROM 'posted' OR is_replay
UNION ALL
SELECT ordinal, 'posted', false, NULL, amount, balance, (SELECT times FROM moment)[ordinal]
FROM returned

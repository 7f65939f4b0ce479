/* bank:posting */
-- The commands of the group, in its order.
WITH command AS (
    SELECT ordinal, caller_id, from_id, to_id, amount, hold_id
    FROM unnest(@callers, @from, @to, @amounts, @holds)
        WITH ORDINALITY AS c (caller_id, from_id, to_id, amount, hold_id, ordinal)
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

-- Locks the holds after the accounts, and only those of a locked payer. SKIP LOCKED: the query does
-- not wait for a hold that another session has locked; its commands are parked.
hold AS MATERIALIZED (
    SELECT holds.id, status = 'held' AND expires_at > clock_timestamp() AS is_open
    FROM holds
    JOIN locked ON locked.id = from_account_id
    WHERE holds.id = ANY (@holds)
    ORDER BY holds.id
    FOR UPDATE OF holds SKIP LOCKED
),
-- The outcome of each command. The payer's account is never closed while a hold is open. If an
-- account is closed, it is the payee's, and the payer may release the hold. Null (requeue): an
-- earlier command of the group names the same hold.
verdict AS (
    SELECT *,
           CASE
               WHEN to_owner IS DISTINCT FROM caller_id AND from_owner IS DISTINCT FROM caller_id
                   THEN 'hold_not_found'
               WHEN hold_id NOT IN (SELECT id FROM hold)
                   AND EXISTS (SELECT FROM holds WHERE id = hold_id) THEN 'hold_locked'
               WHEN hold_id NOT IN (SELECT id FROM hold WHERE is_open) THEN 'hold_not_open'
               WHEN to_owner IS DISTINCT FROM caller_id AND NOT is_closed THEN 'hold_not_found'
               WHEN row_number() OVER (PARTITION BY hold_id ORDER BY ordinal) > 1 THEN NULL
               ELSE 'posted'
           END AS outcome
    FROM weighed
),
-- The clock, as the time of each command.
moment AS MATERIALIZED (
    SELECT created_at, array_fill(created_at, ARRAY[cardinality(@ids)]) AS times
    FROM clock_timestamp() AS clock (created_at)
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
-- The held amount of each account after each release.
entry AS (
    SELECT ordinal, from_id, from_held - (sum(amount) OVER account)::bigint AS held,
           lead(ordinal) OVER account IS NULL AS is_last
    FROM result
    WHERE outcome = 'posted' AND NOT is_replay
    WINDOW account AS (PARTITION BY from_id ORDER BY ordinal)
),
balance AS (
    UPDATE accounts
    SET held = entry.held
    FROM entry
    WHERE accounts.id = entry.from_id AND entry.is_last
    RETURNING accounts.id
),
-- status is NOT NULL and is only set if every account was updated; otherwise the query is rolled
-- back.
released AS (
    UPDATE holds
    SET settled_by = (@ids)[ordinal],
        status = (
            SELECT 'released'
            WHERE (SELECT count(*) FROM balance) = (SELECT count(*) FROM entry WHERE is_last))
    FROM entry
    WHERE holds.id = (@holds)[ordinal]
)
SELECT ordinal, outcome, is_replay, busy_id,
       CASE WHEN outcome = 'posted' THEN (SELECT created_at FROM moment) END AS created_at
FROM result

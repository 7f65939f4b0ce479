WITH RECURSIVE
-- Each transaction as the payer and as the payee see it. NOT MATERIALIZED, so that every use of it
-- becomes index scans on (from_account_id, from_version) and (to_account_id, to_version).
history AS NOT MATERIALIZED (
    SELECT from_account_id AS account_id, from_version AS sequence, 'out' AS direction,
           id, from_account_id AS "from", to_account_id AS "to", amount, from_balance AS balance,
           created_at, reference, hold_id AS hold, refund_of
    FROM transactions
    UNION ALL
    SELECT to_account_id, to_version, 'in',
           id, from_account_id, to_account_id, amount, to_balance,
           created_at, reference, hold_id, refund_of
    FROM transactions
),
-- The caller's account. Its next transaction comes after its last one, and after every moment that
-- was settled while that transaction was still invisible.
account AS (
    SELECT id AS account_id, version, posted_at, created_at, currency,
           greatest(
               posted_at + interval '1 microsecond', least(created_at, now()), @settled::timestamptz)
               AS settled_at
    FROM accounts
    WHERE id = @id
      AND user_id = @userId
),
-- The period ends at a settled moment, and does not begin after its end. An end that the request does
-- not name is a whole millisecond, because JavaScript's Date has no more digits. It is exact only if
-- a transaction from before the request would be left out: while the time of the last one is ahead of
-- the clock, or another session keeps later moments from being settled. One of the last millisecond
-- was posted after the request came.
period AS (
    SELECT account_id, version, posted_at, created_at, currency, until,
           least(coalesce(@since::timestamptz, '-infinity'), until) AS since
    FROM account
    CROSS JOIN LATERAL (SELECT date_trunc('milliseconds', settled_at) AS whole) AS settled
    CROSS JOIN LATERAL (
        SELECT CASE
                   WHEN @until::timestamptz <= settled_at THEN @until::timestamptz
                   WHEN whole <= posted_at
                       AND NOT posted_at BETWEEN now() - interval '1 millisecond' AND now()
                       THEN settled_at
                   ELSE whole
               END AS until
    ) AS period_end
),
-- Its edges, once if they are equal.
moments AS (
    SELECT account_id, version, posted_at, since AS moment
    FROM period
    UNION
    SELECT account_id, version, posted_at, until
    FROM period
),
-- Binary search: the transaction at low is before the moment, the one at high is not. A moment after
-- the last transaction, and minus infinity, need no search.
search AS (
    SELECT account_id, moment,
           CASE WHEN moment > posted_at THEN version ELSE 0 END AS low,
           CASE WHEN moment = '-infinity' THEN 1 ELSE version + 1 END AS high
    FROM moments
    UNION ALL
    SELECT account_id, moment,
           CASE WHEN is_before THEN middle ELSE low END,
           CASE WHEN is_before THEN high ELSE middle END
    FROM search
    CROSS JOIN LATERAL (SELECT (low + high) / 2 AS middle) AS half
    CROSS JOIN LATERAL (
        SELECT created_at < moment AS is_before
        FROM history
        WHERE history.account_id = search.account_id
          AND history.sequence = middle
        LIMIT 1
    ) AS probe
    WHERE high - low > 1
),
-- The search ends where low and high are neighbours.
position AS (
    SELECT account_id, moment, low AS sequence
    FROM search
    WHERE high - low = 1
),
-- The balance after the transaction at each position; before the first one it is 0.
balance AS (
    SELECT account_id, moment, sequence,
           coalesce((
               SELECT balance
               FROM history
               WHERE history.account_id = position.account_id
                 AND history.sequence = position.sequence), 0) AS balance
    FROM position
)
SELECT period.account_id,
       currency,
       least(coalesce(@since::timestamptz, created_at), until) AS since,
       until,
       opening.balance AS opening_balance,
       closing.balance AS closing_balance,
       opening.sequence + 1 AS first,
       closing.sequence AS last
FROM period
JOIN balance AS opening ON opening.moment = since
JOIN balance AS closing ON closing.moment = until

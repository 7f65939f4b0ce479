namespace Bank.Infrastructure.Verification;

/// <summary>
/// Every check; a new kind of money movement adds one. Amounts are in cents. Each query reads the whole
/// ledger at most twice, with hash joins and sorted windows.
/// </summary>
static class Checks
{
    /// <summary>A row for each side of every transaction, from the account's point of view.</summary>
    const string Entry =
        """
        WITH entry AS (
            SELECT id, from_account_id AS account_id, from_version AS version, from_balance AS balance,
                   -amount AS change, created_at
            FROM transactions
            WHERE from_account_id IS NOT NULL
            UNION ALL
            SELECT id, to_account_id, to_version, to_balance, amount, created_at
            FROM transactions
            WHERE to_account_id IS NOT NULL
        )

        """;

    /// <summary>One query for three invariants, since the sort is most of the cost of verifying.</summary>
    public static readonly Check History = new(
        "Each transaction of an account has the next number and balance, and no earlier time",
        Entry +
        """
        SELECT CASE
                   WHEN version <> version_before + 1
                       THEN format('account %s: version %s follows %s, in %s',
                                   account_id, version, version_before, id)
                   WHEN balance <> balance_before + change
                       THEN format('account %s: balance %s follows %s and %s, in %s',
                                   account_id, balance, balance_before, change, id)
                   ELSE format('account %s: time %s follows %s, in %s',
                               account_id, created_at, time_before, id)
               END
        FROM (
            SELECT *,
                   coalesce(lag(version) OVER account, 0) AS version_before,
                   coalesce(lag(balance) OVER account, 0) AS balance_before,
                   lag(created_at) OVER account AS time_before
            FROM entry
            WINDOW account AS (PARTITION BY account_id ORDER BY version)
        ) AS numbered
        WHERE version <> version_before + 1 OR balance <> balance_before + change OR created_at < time_before
        """);

    public static readonly Check Accounts = new(
        "An account has the balance, the version and the time of its last transaction",
        Entry +
        """
        , expected AS (
            SELECT account_id, sum(change) AS balance, count(*) AS version, max(created_at) AS posted_at
            FROM entry
            GROUP BY account_id
        )
        SELECT format('account %s: holds %s at version %s since %s, '
                      'its transactions make it %s at %s since %s',
                      coalesce(accounts.id, account_id),
                      accounts.balance, accounts.version, accounts.posted_at,
                      coalesce(expected.balance, 0), coalesce(expected.version, 0), expected.posted_at)
        FROM accounts
        FULL JOIN expected ON account_id = accounts.id
        WHERE accounts.balance IS DISTINCT FROM coalesce(expected.balance, 0)
           OR accounts.version IS DISTINCT FROM coalesce(expected.version, 0)
           OR accounts.posted_at < expected.posted_at
        """);

    public static readonly Check Conservation = new(
        "The balances add up to what was deposited less what was withdrawn",
        """
        SELECT format('the accounts hold %s, the outside brought %s', held, brought)
        FROM (SELECT coalesce(sum(balance), 0) AS held FROM accounts) AS inside,
             (
                 SELECT coalesce(sum(amount) FILTER (WHERE from_account_id IS NULL), 0)
                        - coalesce(sum(amount) FILTER (WHERE to_account_id IS NULL), 0) AS brought
                 FROM transactions
             ) AS outside
        WHERE held <> brought
        """);

    public static readonly Check Owners = new(
        "An account belongs to a user, and its balance is 0 once it is closed",
        """
        SELECT format('account %s: user %s, balance %s, closed at %s',
                      accounts.id, user_id, balance, closed_at)
        FROM accounts
        LEFT JOIN users ON users.id = user_id
        WHERE users.id IS NULL OR balance < 0 OR closed_at IS NOT NULL AND balance <> 0
        """);

    public static readonly Check Keys = new(
        "An idempotency key has the transaction or the hold of its response",
        """
        SELECT format('key %s of user %s: transaction %s', key, user_id, transaction_id)
        FROM idempotency_keys
        LEFT JOIN transactions ON transactions.id = transaction_id
        LEFT JOIN holds AS placed ON placed.id = transaction_id
        LEFT JOIN holds AS settled ON settled.settled_by = transaction_id
        WHERE transaction_id IS NOT NULL
          AND (outcome = 'posted') <> (coalesce(transactions.id, placed.id, settled.id) IS NOT NULL)
        """);

    public static readonly Check Holds = new(
        "The held amount is the sum of the open holds, and a captured hold has its transaction",
        """
        SELECT format('account %s: sets %s aside, its holds %s', accounts.id, held, coalesce(amount, 0))
        FROM accounts
        FULL JOIN (
            SELECT from_account_id, sum(amount) AS amount
            FROM holds
            WHERE status = 'held'
            GROUP BY from_account_id
        ) AS open ON from_account_id = accounts.id
        WHERE held IS DISTINCT FROM coalesce(amount, 0) OR held > balance
        UNION ALL
        SELECT format('hold %s: %s, captured by %s', holds.id, holds.status, transactions.id)
        FROM holds
        FULL JOIN (SELECT * FROM transactions WHERE hold_id IS NOT NULL) AS transactions ON hold_id = holds.id
        WHERE (holds.status = 'captured') IS DISTINCT FROM (transactions.id IS NOT NULL)
           OR transactions.amount > holds.amount
           OR (transactions.from_account_id, transactions.to_account_id)
              IS DISTINCT FROM (holds.from_account_id, holds.to_account_id) AND transactions.id IS NOT NULL
        """);

    public static readonly Check Refunds = new(
        "A refund goes back to the payer, and what it leaves to refund is right",
        """
        SELECT format('refund %s: number %s of %s, %s, leaves %s of %s',
                      id, refund_number, refund_of, amount, refund_left, left_before)
        FROM (
            SELECT refund.*, original.id AS original_id, original.refund_of AS of_refund,
                   (original.from_account_id, original.to_account_id)
                       = (refund.to_account_id, refund.from_account_id) AS is_back,
                   row_number() OVER refunds AS number,
                   lag(refund.refund_left, 1, original.amount) OVER refunds AS left_before
            FROM transactions AS refund
            LEFT JOIN transactions AS original ON original.id = refund.refund_of
            WHERE refund.refund_of IS NOT NULL
            WINDOW refunds AS (PARTITION BY refund.refund_of ORDER BY refund.refund_number)
        ) AS numbered
        WHERE is_back IS NOT TRUE OR of_refund IS NOT NULL OR refund_number <> number
           OR refund_left <> left_before - amount OR refund_left < 0
        """);

    /// <summary>
    /// The texts are grouped as expressions, which no index has: an index in a former sort order would give
    /// equal texts in different places.
    /// </summary>
    public static readonly Check Duplicates = new(
        "No username and no idempotency key exists twice",
        """
        SELECT format('username %s: users %s', min(username), string_agg(id::text, ', ' ORDER BY id))
        FROM users
        GROUP BY username || ''
        HAVING count(*) > 1
        UNION ALL
        SELECT format('key %s of user %s: transactions %s', min(key), user_id,
                      string_agg(transaction_id::text, ', ' ORDER BY created_at))
        FROM idempotency_keys
        GROUP BY user_id, key || ''
        HAVING count(*) > 1
        """);

    public static readonly Check SortOrder = new(
        "The sort order of the database has not changed",
        """
        SELECT format('the sort order of %I has version %s, and was %s when its indexes were built: '
                      'REINDEX DATABASE %I, then ALTER DATABASE %I REFRESH COLLATION VERSION',
                      datname, coalesce(actual, 'none'), datcollversion, datname, datname)
        FROM pg_database, pg_database_collation_actual_version(oid) AS actual
        WHERE datname = current_database() AND datcollversion IS NOT NULL
          AND datcollversion IS DISTINCT FROM actual
        """);

    public static readonly Check Guards = new(
        "Every trigger, constraint and index of the schema is in force",
        """
        WITH own AS (
            SELECT pg_class.oid, pg_class.oid::regclass AS name
            FROM pg_class
            JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE nspname = current_schema()
        )
        SELECT format('trigger %s of %s', tgname, name)
        FROM pg_trigger
        JOIN own ON own.oid = tgrelid
        WHERE tgenabled <> 'O'
        UNION ALL
        SELECT format('trigger %s is not there', guard)
        FROM unnest(ARRAY[
            'transactions_are_append_only', 'accounts_are_never_deleted', 'accounts_count_every_change',
            'accounts_hold_what_they_have', 'holds_are_settled_once', 'holds_are_never_deleted',
            'users_announce_changes']) AS guard
        WHERE NOT EXISTS (SELECT FROM pg_trigger JOIN own ON own.oid = tgrelid WHERE tgname = guard)
        UNION ALL
        SELECT format('constraint %s of %s', conname, name)
        FROM pg_constraint
        JOIN own ON own.oid = conrelid
        WHERE NOT convalidated
        UNION ALL
        SELECT format('index %s of %s', indexrelid::regclass, name)
        FROM pg_index
        JOIN own ON own.oid = indrelid
        WHERE NOT indisvalid
        UNION ALL
        SELECT format('index %s is not there', guard)
        FROM unnest(ARRAY[
            'users_pkey', 'users_username_key', 'accounts_pkey', 'transactions_pkey',
            'transactions_from_sequence', 'transactions_to_sequence', 'transactions_of_hold',
            'transactions_refunds', 'holds_pkey', 'holds_settled_by_key', 'idempotency_keys_pkey']) AS guard
        WHERE NOT EXISTS (
            SELECT
            FROM pg_index
            JOIN own ON own.oid = indexrelid
            WHERE own.oid = to_regclass(guard) AND indisunique)
        """);

    /// <summary>
    /// A transaction that is ahead needs no line of its own: its account is not earlier. A hold lasts 30 days
    /// at most.
    /// </summary>
    public static readonly Check Times = new(
        "No time is more than a minute ahead of the clock",
        """
        SELECT format('account %s: its last transaction is at %s', id, posted_at)
        FROM accounts
        WHERE posted_at > now() + interval '1 minute'
        UNION ALL
        SELECT format('account %s: opened at %s, closed at %s', id, created_at, closed_at)
        FROM accounts
        WHERE greatest(created_at, closed_at) > now() + interval '1 minute'
        UNION ALL
        SELECT format('user %s: registered at %s, removed at %s', id, created_at, removed_at)
        FROM users
        WHERE greatest(created_at, removed_at) > now() + interval '1 minute'
        UNION ALL
        SELECT format('hold %s: placed at %s, expires at %s', id, created_at, expires_at)
        FROM holds
        WHERE status = 'held'
          AND greatest(created_at, expires_at - interval '30 days') > now() + interval '1 minute'
        UNION ALL
        SELECT format('key %s of user %s: claimed at %s', key, user_id, created_at)
        FROM idempotency_keys
        WHERE created_at > now() + interval '1 minute'
        """);

    /// <summary>The checks in the order of the report.</summary>
    public static readonly Check[] All =
        [History, Accounts, Conservation, Owners, Keys, Holds, Refunds, Duplicates, SortOrder, Guards, Times];
}

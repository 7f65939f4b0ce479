using System.Reflection;
using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Problems;

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
        "An account has the balance, the version and the time of its last transaction, and opened before",
        Entry +
        """
        , expected AS (
            SELECT account_id, sum(change) AS balance, count(*) AS version,
                   min(created_at) AS first_at, max(created_at) AS posted_at
            FROM entry
            GROUP BY account_id
        )
        SELECT format('account %s: opened at %s, holds %s at version %s since %s, '
                      'its transactions make it %s at %s from %s to %s',
                      coalesce(accounts.id, account_id), accounts.created_at,
                      accounts.balance, accounts.version, accounts.posted_at,
                      coalesce(expected.balance, 0), coalesce(expected.version, 0),
                      first_at, expected.posted_at)
        FROM accounts
        FULL JOIN expected ON account_id = accounts.id
        WHERE accounts.balance IS DISTINCT FROM coalesce(expected.balance, 0)
           OR accounts.version IS DISTINCT FROM coalesce(expected.version, 0)
           OR coalesce(accounts.posted_at, '-infinity') < expected.posted_at
           OR first_at < accounts.created_at - interval '1 minute'
        """);

    public static readonly Check Conservation = new(
        "The balances of each currency add up to what was deposited less what was withdrawn",
        """
        SELECT format('the accounts hold %s, the outside brought %s',
                      coalesce(held, 0), coalesce(brought, 0))
               || CASE WHEN currency <> 0 THEN format(', in currency %s', currency) ELSE '' END
        FROM (SELECT currency, sum(balance) AS held FROM accounts GROUP BY currency) AS inside
        FULL JOIN (
            SELECT coalesce(currency, 0) AS currency,
                   sum(CASE WHEN from_account_id IS NULL THEN amount ELSE -amount END) AS brought
            FROM transactions
            LEFT JOIN accounts ON accounts.id = coalesce(to_account_id, from_account_id)
            WHERE from_account_id IS NULL OR to_account_id IS NULL
            GROUP BY coalesce(currency, 0)
        ) AS outside USING (currency)
        WHERE coalesce(held, 0) <> coalesce(brought, 0)
        """);

    /// <summary>
    /// Amounts are minor units: what they mean depends on the currency of the account alone.
    /// </summary>
    public static readonly Check AccountCurrencies = new(
        "An account keeps its currency, and no money moves to another currency or has too many digits",
        """
        SELECT format('account %s: currency %s, and was %s', id, currency, first_currency)
        FROM accounts
        WHERE currency <> first_currency
        UNION ALL
        SELECT format('account %s: currency %s is not known', id, currency)
        FROM accounts
        WHERE currency <> 0 AND currency <> ALL ($1::smallint[])
        UNION ALL
        SELECT format('account %s: balance %s has more than 15 digits in currency %s', id, balance, currency)
        FROM accounts
        WHERE currency <> 0 AND balance > 999999999999999
        UNION ALL
        SELECT format('%s %s: from account %s in currency %s to account %s in currency %s', kind, moved.id,
                      from_account_id, payer.currency, to_account_id, payee.currency)
        FROM (
            SELECT 'transaction' AS kind, id, from_account_id, to_account_id FROM transactions
            UNION ALL
            SELECT 'hold', id, from_account_id, to_account_id FROM holds
        ) AS moved
        JOIN accounts AS payer ON payer.id = from_account_id
        JOIN accounts AS payee ON payee.id = to_account_id
        WHERE payer.currency <> payee.currency
        UNION ALL
        SELECT format('%s %s: amount %s has more than 15 digits in currency %s',
                      kind, moved.id, amount, currency)
        FROM (
            SELECT 'transaction' AS kind, id, coalesce(to_account_id, from_account_id) AS account_id, amount
            FROM transactions
            UNION ALL
            SELECT 'hold', id, from_account_id, amount FROM holds
        ) AS moved
        JOIN accounts ON accounts.id = account_id
        WHERE currency <> 0 AND amount > 999999999999999
        """,
        [.. Currencies.All.Select(currency => $"{currency.Number}")]);

    public static readonly Check Owners = new(
        "An account belongs to a user, is empty once it is closed, and is closed once the user is removed",
        """
        SELECT format('account %s: user %s, removed at %s, balance %s, closed at %s',
                      accounts.id, user_id, removed_at, balance, closed_at)
        FROM accounts
        LEFT JOIN users ON users.id = user_id
        WHERE users.id IS NULL OR balance < 0 OR closed_at IS NOT NULL AND balance <> 0
           OR removed_at IS NOT NULL AND closed_at IS NULL
        """);

    /// <summary>The name is that of <c>TokenUserQuery</c>, and the hash is none.</summary>
    public static readonly Check TokenUsers = new(
        "A user without a password is the user of one subject of an authority, and is named after it",
        """
        SELECT format('user %s: %s', coalesce(user_id, id),
                      CASE WHEN user_id IS NULL THEN 'has no password, and is no user of tokens'
                           WHEN id IS NULL THEN 'is a user of tokens, and has a password or another name'
                           ELSE 'has a password, or is not named after its subject' END)
        FROM token_users
        FULL JOIN (
            SELECT id, username, password_hash
            FROM users
            WHERE password_hash = '!' OR username LIKE 'token:%'
        ) AS users ON id = user_id
        WHERE user_id IS NULL OR id IS NULL OR password_hash <> '!'
           OR username <> 'token:' || left(
                  encode(sha256(convert_to(issuer || E'\n' || subject, 'UTF8')), 'hex'), 32)
        """);

    public static readonly Check Operators = new(
        "An operator and a blocked user are so by an action in the record",
        """
        WITH last_action AS (
            SELECT DISTINCT ON (user_id, action LIKE '%_operator') user_id, action
            FROM operator_actions
            WHERE action IN ('add_operator', 'remove_operator', 'block_user', 'unblock_user')
            ORDER BY user_id, action LIKE '%_operator', id DESC
        )
        SELECT format('user %s: operator %s, blocked at %s; the record says %s',
                      id, is_operator, blocked_at, coalesce(string_agg(action, ', '), 'nothing'))
        FROM users
        LEFT JOIN last_action ON user_id = id
        WHERE is_operator OR blocked_at IS NOT NULL
        GROUP BY id
        HAVING is_operator AND NOT coalesce(bool_or(action = 'add_operator'), false)
            OR blocked_at IS NOT NULL AND NOT coalesce(bool_or(action = 'block_user'), false)
        """);

    /// <summary>
    /// What a slice may store as the outcome of a key: that of its success, or the code of a problem that
    /// refuses what was asked.
    /// </summary>
    public static readonly string[] Outcomes =
    [
        "posted", "opened", "registered", "claimed",
        .. typeof(Checks).Assembly.GetTypes()
            .SelectMany(type => type.GetProperties(BindingFlags.Static | BindingFlags.Public))
            .Where(property => property.PropertyType == typeof(Problem))
            .Select(property => (Problem)property.GetValue(null)!)
            .Where(problem => problem.Status is 400 or 404)
            .Select(problem => problem.Code),
    ];

    /// <summary>A key names the transaction or hold that its request made, or the hold it ended.</summary>
    public static readonly Check Keys = new(
        "An idempotency key has an outcome, and what it names is there and is its user's",
        """
        SELECT format('key %s of user %s: %s, transaction %s, account %s',
                      key, idempotency_keys.user_id, outcome, transaction_id, account_id)
        FROM idempotency_keys
        LEFT JOIN (
            SELECT id, from_account_id, to_account_id FROM transactions
            UNION ALL
            SELECT id, from_account_id, to_account_id FROM holds
            UNION ALL
            SELECT settled_by, from_account_id, to_account_id FROM holds WHERE status = 'released'
        ) AS made ON made.id = transaction_id
        LEFT JOIN accounts AS payer ON payer.id = from_account_id
        LEFT JOIN accounts AS payee ON payee.id = to_account_id
        LEFT JOIN accounts AS opened ON opened.id = account_id
        LEFT JOIN users ON users.id = idempotency_keys.user_id
        WHERE users.id IS NULL OR outcome <> ALL ($1)
           OR (outcome = 'posted') <> (made.id IS NOT NULL)
           OR outcome = 'posted' AND idempotency_keys.user_id IS DISTINCT FROM payer.user_id
              AND idempotency_keys.user_id IS DISTINCT FROM payee.user_id
           OR (outcome = 'opened') <> (account_id IS NOT NULL)
           OR account_id IS NOT NULL AND idempotency_keys.user_id IS DISTINCT FROM opened.user_id
        """,
        Outcomes);

    public static readonly Check ApiKeys = new(
        "A key belongs to a user who is there",
        """
        SELECT format('API key %s: user %s, removed at %s', keys.id, user_id, removed_at)
        FROM keys
        LEFT JOIN users ON users.id = user_id
        WHERE users.id IS NULL OR removed_at IS NOT NULL
        """);

    public static readonly Check Holds = new(
        "The held amount is the sum of the open holds, each ends, and a captured one has its transaction",
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
           OR holds.status = 'captured' AND holds.settled_by IS DISTINCT FROM transactions.id
           OR (transactions.from_account_id, transactions.to_account_id)
              IS DISTINCT FROM (holds.from_account_id, holds.to_account_id) AND transactions.id IS NOT NULL
        UNION ALL
        SELECT format('hold %s: from account %s, which is %s, to account %s, which is %s', holds.id,
                      from_account_id, CASE WHEN payer.id IS NULL THEN 'not there' ELSE 'there' END,
                      to_account_id, CASE WHEN payee.id IS NULL THEN 'not there' ELSE 'there' END)
        FROM holds
        LEFT JOIN accounts AS payer ON payer.id = from_account_id
        LEFT JOIN accounts AS payee ON payee.id = to_account_id
        WHERE payer.id IS NULL OR payee.id IS NULL
        UNION ALL
        SELECT format('hold %s: expired at %s and is still held; an instance ends it while it serves',
                      id, expires_at)
        FROM holds
        WHERE status = 'held' AND expires_at < now() - interval '1 day'
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
        SessionSettings.ChangedCollation +
        """
        SELECT format('the sort order of %I has version %s, and was %s when its indexes were built: '
                      'REINDEX DATABASE %I, then ALTER DATABASE %I REFRESH COLLATION VERSION',
                      datname, coalesce(actual, 'none'), recorded, datname, datname)
        FROM changed_collation
        """);

    /// <summary>
    /// Compares definitions, because a name says nothing about what is behind it. What an operator adds is no
    /// finding, unless it changes what a statement does to a table of the ledger.
    /// </summary>
    public static readonly Check Schema = new(
        "Every table, constraint, index, trigger and function is as the migrations made it",
        Definitions.Sql +
        """
        , expected AS (
            SELECT split_part(line, ': ', 1) AS name, substr(line, strpos(line, ': ') + 2) AS text
            FROM unnest($1::text[]) AS line
        )
        SELECT CASE
                   WHEN definition.name IS NULL THEN format('%s is not there', expected.name)
                   WHEN expected.name IS NULL
                       THEN format('%s is not of this build: %s', name, definition.text)
                   ELSE format('%s is: %s, and was: %s', name, definition.text, expected.text)
               END
        FROM definition
        FULL JOIN expected USING (name)
        WHERE definition.text IS DISTINCT FROM expected.text
          AND (expected.name IS NOT NULL
               OR name LIKE 'migration %'
               OR name ~ '^(trigger|rule|policy) .* of '
                  AND 'table ' || substring(name FROM '.* of (.*)$') IN (SELECT name FROM expected))
        ORDER BY name NOT LIKE 'migration %', name
        """,
        Definitions.Lines);

    /// <summary>
    /// A transaction needs no line of its own: its account is neither earlier nor opened later. A hold lasts
    /// 30 days at most.
    /// </summary>
    public static readonly Check Times = new(
        "No time is infinite, or more than a minute ahead of the clock",
        """
        SELECT format('account %s: its last transaction is at %s', id, posted_at)
        FROM accounts
        WHERE posted_at > now() + interval '1 minute' OR NOT isfinite(posted_at)
        UNION ALL
        SELECT format('account %s: opened at %s, closed at %s', id, created_at, closed_at)
        FROM accounts
        WHERE greatest(created_at, closed_at) > now() + interval '1 minute'
           OR NOT isfinite(least(created_at, closed_at))
        UNION ALL
        SELECT format('user %s: registered at %s, removed at %s', id, created_at, removed_at)
        FROM users
        WHERE greatest(created_at, removed_at) > now() + interval '1 minute'
           OR NOT isfinite(least(created_at, removed_at))
        UNION ALL
        SELECT format('API key %s: made at %s, expires at %s, last used at %s',
                      id, created_at, expires_at, last_used_at)
        FROM keys
        WHERE greatest(created_at, expires_at - interval '366 days', last_used_at)
                  > now() + interval '1 minute'
           OR NOT isfinite(created_at) OR NOT isfinite(expires_at) OR NOT isfinite(last_used_at)
        UNION ALL
        SELECT format('hold %s: placed at %s, expires at %s', id, created_at, expires_at)
        FROM holds
        WHERE status = 'held'
          AND greatest(created_at, expires_at - interval '30 days') > now() + interval '1 minute'
           OR NOT (isfinite(created_at) AND isfinite(expires_at))
        UNION ALL
        SELECT format('key %s of user %s: claimed at %s', key, user_id, created_at)
        FROM idempotency_keys
        WHERE created_at > now() + interval '1 minute' OR NOT isfinite(created_at)
        """);

    /// <summary>The checks in the order of the report.</summary>
    public static readonly Check[] All =
    [
        History, Accounts, Conservation, Owners, TokenUsers, Operators, ApiKeys, Keys, Holds, Refunds,
        AccountCurrencies, Duplicates, SortOrder, Schema, Times,
    ];
}

namespace Bank.Infrastructure.Ledger;

/// <summary>
/// What every movement of money does the same, as parts of one statement. A slice's statement is its own
/// <c>command</c>, then <see cref="Weigh"/>, then its own <c>verdict</c>, then <see cref="Post"/>, or
/// <see cref="PostOneSide"/> where the other side is always the outside: one constant, one statement, one
/// plan. Amounts and balances are whole cents.
/// </summary>
/// <remarks>
/// <para>
/// <c>command</c> has <c>ordinal, caller_id, from_id, to_id, amount</c>; null stands for the outside. Of what
/// <c>weighed</c> offers, what a <c>verdict</c> does not use is not computed.
/// </para>
/// <para>
/// <c>verdict</c> adds <c>outcome</c>: <c>posted</c>, the code of a refusal, or null for a command that would
/// be posted alone but not behind those before it, which goes into the next batch.
/// </para>
/// </remarks>
static class LedgerSql
{
    /// <summary>The largest balance that an account can have, in cents.</summary>
    public const long LargestBalance = 999_999_999_999_999_999;

    /// <summary>Locks every account touched and puts each command beside its own.</summary>
    public const string Weigh =
        """

        -- Every account touched, locked in one order, so that opposite transfers never deadlock. All that
        -- follows is judged by these rows: they are the only ones that locking brings up to date. Nobody waits
        -- for an account that somebody else has locked: its commands are left for later.
        locked AS MATERIALIZED (
            SELECT id, user_id, balance, held, version, closed_at, posted_at
            FROM accounts
            WHERE id = ANY (@accounts)
            ORDER BY id
            FOR NO KEY UPDATE SKIP LOCKED
        ),
        -- Each command beside its accounts, with what they would pay and receive if all before it were posted,
        -- and with the account that is there but was not locked, if there is one. An account that holds money for
        -- what has expired counts as locked where that matters, until it is tidied up.
        weighed AS (
            SELECT command.*,
                   payer.user_id AS from_owner, payer.balance AS from_balance, payer.version AS from_version,
                   payer.held AS from_held, payer.balance - payer.held AS from_available,
                   payee.user_id AS to_owner, payee.balance AS to_balance, payee.version AS to_version,
                   payee.held AS to_held,
                   999999999999999999 - payee.balance AS to_room,
                   coalesce(payer.closed_at, payee.closed_at) IS NOT NULL AS is_closed,
                   sum(amount) FILTER (WHERE payer.user_id = caller_id AND amount <= payer.balance - payer.held)
                       OVER (PARTITION BY from_id ORDER BY ordinal) AS debits,
                   sum(amount) OVER (PARTITION BY to_id ORDER BY ordinal) AS credits,
                   CASE
                       WHEN from_id IS NOT NULL AND payer.id IS NULL
                           THEN (SELECT id FROM accounts WHERE id = from_id)
                       WHEN to_id IS NOT NULL AND payee.id IS NULL
                           THEN (SELECT id FROM accounts WHERE id = to_id)
                       WHEN payer.held > 0 AND amount > payer.balance - payer.held AND EXISTS (
                           SELECT
                           FROM holds
                           WHERE from_account_id = from_id AND status = 'held'
                             AND expires_at <= clock_timestamp())
                           THEN from_id
                   END AS locked_id
            FROM command
            LEFT JOIN locked AS payer ON payer.id = from_id
            LEFT JOIN locked AS payee ON payee.id = to_id
        ),

        """;

    /// <summary>Claims keys, then updates and records both sides of each command, and answers.</summary>
    public const string Post = Move + Record;

    /// <summary>The same up to the balances, for commands that record more than others.</summary>
    public const string Move = Claim + EntriesOfBothSides + Movement + Balance;

    /// <summary>
    /// The same for commands with one account, at two thirds of the cost: nothing has to be taken apart into
    /// sides and put together again.
    /// </summary>
    public const string PostOneSide = Claim + EntriesOfOneSide + Balance + Record;

    /// <summary>Decides, claims the keys of what is decided, and tells what is repeated.</summary>
    public const string Claim = Moment + Decide;

    /// <summary>Takes the time of the statement.</summary>
    public const string Moment =
        """

        -- The time of the statement, once the accounts are locked. It is after that of every statement before
        -- on any of them, whatever the clock does: what was posted until then is all there ever will be.
        moment AS MATERIALIZED (
            SELECT greatest(clock_timestamp(), max(posted_at) + interval '1 microsecond') AS created_at
            FROM locked
        ),

        """;

    const string Decide =
        """

        decided AS MATERIALIZED (
            SELECT ordinal, caller_id, amount, from_id, from_balance, from_version,
                   to_id, to_balance, to_version, from_held, to_held, locked_id,
                   CASE WHEN locked_id IS NULL THEN outcome END AS outcome
            FROM verdict
        ),
        -- Claim the keys with their answers, after the locks and in one order, so that no two batches wait
        -- for each other. A key that is taken already keeps its first answer.
        claim AS (
            INSERT INTO idempotency_keys (
                user_id, key, fingerprint, outcome, transaction_id, trace_id, created_at)
            SELECT caller_id, (@keys)[ordinal], (@fingerprints)[ordinal], outcome,
                   (@ids)[ordinal], (@traceIds)[ordinal], (SELECT created_at FROM moment)
            FROM decided
            WHERE cardinality(@keys) > 0 AND (@keys)[ordinal] IS NOT NULL AND outcome IS NOT NULL
            ORDER BY caller_id, (@keys)[ordinal]
            ON CONFLICT DO NOTHING
            RETURNING transaction_id
        ),
        -- A repeated key is answered from the first answer and posts nothing.
        answer AS NOT MATERIALIZED (
            SELECT *,
                   (@keys)[ordinal] IS NOT NULL AND outcome IS NOT NULL
                       AND (@ids)[ordinal] NOT IN (SELECT transaction_id FROM claim) AS is_repeat
            FROM decided
        ),

        """;

    const string EntriesOfBothSides =
        """

        -- The balance and the version of each account after each command that is posted.
        entry AS (
            SELECT ordinal, account_id, is_debit, amount,
                   balance + (sum(change) OVER account)::bigint AS balance,
                   version + row_number() OVER account AS version,
                   lead(ordinal) OVER account IS NULL AS is_last
            FROM answer
            CROSS JOIN LATERAL (VALUES
                (from_id, true, -amount, from_balance, from_version),
                (to_id, false, amount, to_balance, to_version)
            ) AS side (account_id, is_debit, change, balance, version)
            WHERE outcome = 'posted' AND NOT is_repeat
            WINDOW account AS (PARTITION BY account_id ORDER BY ordinal)
        ),

        """;

    /// <summary>Puts the entries of each command together.</summary>
    public const string Movement =
        """

        -- Both sides of each command in one row again.
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

        """;

    const string EntriesOfOneSide =
        """

        -- The balance and the version of each account after each command that is posted.
        entry AS (
            SELECT ordinal, coalesce(from_id, to_id) AS account_id, from_id, to_id, amount,
                   coalesce(from_balance, to_balance)
                       + (sum(CASE WHEN from_id IS NULL THEN amount ELSE -amount END) OVER account)::bigint
                       AS balance,
                   coalesce(from_version, to_version) + row_number() OVER account AS version,
                   lead(ordinal) OVER account IS NULL AS is_last
            FROM answer
            WHERE outcome = 'posted' AND NOT is_repeat
            WINDOW account AS (PARTITION BY coalesce(from_id, to_id) ORDER BY ordinal)
        ),
        movement AS NOT MATERIALIZED (
            SELECT ordinal, amount, from_id, to_id,
                   CASE WHEN from_id IS NOT NULL THEN balance END AS from_balance,
                   CASE WHEN from_id IS NOT NULL THEN version END AS from_version,
                   CASE WHEN to_id IS NOT NULL THEN balance END AS to_balance,
                   CASE WHEN to_id IS NOT NULL THEN version END AS to_version
            FROM entry
        ),

        """;

    /// <summary>Updates each account to its last <c>entry</c>.</summary>
    public const string Balance =
        """

        -- Absolute values from the locked rows: a difference would be checked against what was there before
        -- the lock.
        balance AS (
            UPDATE accounts
            SET balance = entry.balance, version = entry.version,
                posted_at = (SELECT created_at FROM moment)
            FROM entry
            WHERE accounts.id = entry.account_id AND entry.is_last
            RETURNING accounts.id
        ),

        """;

    const string Record = Posting + AnswerMoved + "coalesce(from_balance, to_balance)" + FromMovement;

    /// <summary>Records each <c>movement</c>, once every balance is updated.</summary>
    public const string Posting =
        """

        -- Record. A transaction cannot be recorded without its time, and it gets it only if every balance was
        -- updated: else the whole statement is undone.
        posting AS (
            INSERT INTO transactions (
                id, from_account_id, to_account_id, amount,
                from_balance, to_balance, from_version, to_version, reference, created_at)
            SELECT (@ids)[ordinal], from_id, to_id, amount,
                   from_balance, to_balance, from_version, to_version, (@references)[ordinal],
                   CASE WHEN (SELECT count(*) FROM balance) = (SELECT count(*) FROM entry WHERE is_last)
                        THEN (SELECT created_at FROM moment) END
            FROM movement
        )
        """;

    /// <summary>Answers what moved no money but may have been done, a row for each command.</summary>
    public const string Answer =
        """

        SELECT ordinal, outcome, is_repeat, locked_id, NULL::bigint AS balance,
               CASE WHEN outcome = 'posted' THEN (SELECT created_at FROM moment) END AS created_at
        FROM answer
        """;

    /// <summary>Answers with the balances of the accounts that received, a row for each command.</summary>
    public const string AnswerToPayee = AnswerMoved + "to_balance" + FromMovement;

    const string AnswerMoved =
        """

        SELECT ordinal, outcome, is_repeat, locked_id,
               NULL::bigint AS balance, NULL::timestamptz AS created_at
        FROM answer
        WHERE outcome IS DISTINCT FROM 'posted' OR is_repeat
        UNION ALL
        SELECT ordinal, 'posted', false, NULL,
        """
        + " ";

    const string FromMovement =
        """
        , (SELECT created_at FROM moment)
        FROM movement
        """;

    /// <summary>
    /// The balances after a transaction, and after all that one command posted with it, as their ids tell
    /// (<see cref="BatchIds"/>).
    /// </summary>
    public const string Balances =
        """
        ARRAY(
            SELECT coalesce(together.from_balance, together.to_balance)
            FROM transactions AS together
            WHERE together.id BETWEEN transactions.id AND (left(transactions.id::text, -4) || 'ffff')::uuid
            ORDER BY together.id) AS balances
        """;

    /// <summary>
    /// What an account has that is not held, by the clock: what has expired but is not tidied up is free.
    /// </summary>
    public const string Available =
        """
        balance - held + CASE WHEN held = 0 THEN 0 ELSE (
            SELECT coalesce(sum(amount), 0)::bigint
            FROM holds
            WHERE from_account_id = accounts.id AND status = 'held' AND expires_at <= clock_timestamp()) END
        """;
}

namespace Bank.Infrastructure.Ledger;

/// <summary>
/// How moments and transactions are found in an account's history, as parts of the statements of its slices.
/// Amounts and balances are whole cents.
/// </summary>
static class TransactionSql
{
    /// <summary>
    /// Finds the last transaction before a moment without an index of times: an account's sequence has no gaps
    /// and its times never decrease, so that halving what is left needs twenty probes of a million.
    /// </summary>
    /// <remarks>
    /// <c>asked</c> has <c>account_id, version, posted_at</c> of the account and, in a row for each, the
    /// <c>edge</c> that is looked for and its <c>moment</c>. <c>position</c> adds the <c>sequence</c>, 0 where
    /// nothing was before it.
    /// </remarks>
    public const string FindPositions =
        """

        -- What is before the moment is at low or lower, what is not is at high or higher. Mostly both ends are
        -- known: nothing is before minus infinity, and all is before what comes after the last transaction.
        search AS (
            SELECT account_id, edge, moment,
                   CASE WHEN moment > posted_at THEN version ELSE 0 END AS low,
                   CASE WHEN moment = '-infinity' THEN 1 ELSE version + 1 END AS high
            FROM asked
            UNION ALL
            SELECT account_id, edge, moment,
                   CASE WHEN is_before THEN middle ELSE low END,
                   CASE WHEN is_before THEN high ELSE middle END
            FROM search
            CROSS JOIN LATERAL (SELECT (low + high) / 2 AS middle) AS half
            CROSS JOIN LATERAL (
                SELECT coalesce(
                    (SELECT created_at FROM transactions
                     WHERE from_account_id = account_id AND from_version = middle),
                    (SELECT created_at FROM transactions
                     WHERE to_account_id = account_id AND to_version = middle)) < moment AS is_before
                -- Keeps the probe from being written out, and made, once for each end.
                OFFSET 0
            ) AS probe
            WHERE high - low > 1
        ),
        position AS (
            SELECT account_id, edge, moment, max(low) AS sequence
            FROM search
            GROUP BY account_id, edge, moment
        )
        """;

    /// <summary>
    /// The moment before which nothing more will come to an account. Its next transaction comes after its last
    /// one, and after whatever was settled when it was not yet to be seen.
    /// </summary>
    public const string Settled =
        "greatest(posted_at + interval '1 microsecond', accounts.created_at, @settled::timestamptz)";

    /// <summary>The balance at the <c>sequence</c> of a position.</summary>
    public const string Balance =
        """
        coalesce(
            (SELECT from_balance FROM transactions
             WHERE from_account_id = account_id AND from_version = sequence),
            (SELECT to_balance FROM transactions
             WHERE to_account_id = account_id AND to_version = sequence),
            0)
        """;

    /// <summary>What an account paid, from <c>low</c> to <c>high</c>.</summary>
    public const string Paid =
        """

        SELECT from_version AS sequence, id, from_account_id AS "From", to_account_id AS "To",
               amount, from_balance AS Balance, created_at AS CreatedAt, reference, hold_id AS Hold,
               refund_of AS RefundOf
        FROM transactions
        WHERE from_account_id = account_id AND from_version BETWEEN low AND high
        """;

    /// <summary>What it received.</summary>
    public const string Received =
        """

        SELECT to_version, id, from_account_id, to_account_id,
               amount, to_balance, created_at, reference, hold_id, refund_of
        FROM transactions
        WHERE to_account_id = account_id AND to_version BETWEEN low AND high
        """;
}

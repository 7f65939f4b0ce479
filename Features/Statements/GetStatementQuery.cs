using System.Runtime.CompilerServices;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Statements;

/// <summary>
/// Reads what was posted on a user's account in a settled period. A settled period never changes, so it can
/// be read page by page and is still consistent: a statement of any length takes the memory of one page, and
/// no connection while it is written. A million transactions take 3 to 6 s.
/// </summary>
sealed class GetStatementQuery(BankDb db, SettledMomentQuery settledMoment)
{
    /// <summary>The number of transactions that a query reads; fewer while many are read.</summary>
    public const int PageSize = 1000;
    const int MinPageSize = 100;

    /// <summary>
    /// About how many transactions all statements have in memory, however many clients do not read theirs.
    /// </summary>
    const int MaxInMemory = 100_000;

    /// <summary>The wait before the period is chosen: longer than two milliseconds by any timer.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);

    /// <summary>The number of transactions that a query adds up: few enough for pages on disk.</summary>
    const int SumSize = 20_000;

    /// <summary>The statements of this instance that are being written.</summary>
    static int active;

    const string PeriodSql =
        "WITH RECURSIVE" + TransactionSql.History + TransactionSql.Account +
        """
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
        """
        + TransactionSql.Position + TransactionSql.Balance +
        """
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
        """;

    const string TotalOutSql =
        """
        -- In hundredths, because the total may exceed what a balance can be.
        SELECT coalesce(sum(amount), 0) * 0.01
        FROM transactions
        WHERE from_account_id = @accountId
          AND from_version BETWEEN @low AND @high
        """;

    const string PageSql =
        "WITH" + TransactionSql.History +
        """
        -- The limit excludes nothing: it tells the planner how small the range is.
        item AS (
            SELECT *
            FROM history
            WHERE account_id = @accountId
              AND sequence BETWEEN @low AND @high
            ORDER BY sequence
            LIMIT 1000
        )
        SELECT sequence, id, "from", "to", amount,
               (SELECT currency FROM accounts WHERE id = @accountId) AS currency,
               balance, created_at, reference, hold, refund_of
        FROM item
        ORDER BY sequence
        """;

    /// <summary>
    /// The statement, with its first page read; null if the account does not exist or belongs to another
    /// user.
    /// </summary>
    public async Task<StatementResponse?> FindAsync(
        GetStatementRequest request, long userId, CancellationToken ct)
    {
        var (id, since, until, _, _) = request;

        // Whatever was posted before the request lies in a millisecond that ended a millisecond ago.
        await Task.Delay(Pause, ct);
        var settled = await settledMoment.ReadAsync(ct);
        var found = await db.QueryAsync<Period>(
            PeriodSql, new { id, userId, since, until, settled }, ct);

        if (found is not [var period])
            return null;

        var totalOut = await AddUpPaymentsAsync(period, ct);
        var firstPage = await ReadPageAsync(period, period.First, ct);

        return new StatementResponse(
            id, period.Currency, period.Since, period.Until, period.OpeningBalance, period.ClosingBalance,
            period.ClosingBalance - period.OpeningBalance + totalOut, totalOut,
            ReadAsync(period, firstPage, ct));
    }

    async Task<decimal> AddUpPaymentsAsync(Period period, CancellationToken ct)
    {
        var (sum, accountId) = (0.00m, period.AccountId);

        for (var low = period.First; low <= period.Last; low += SumSize)
        {
            var high = Math.Min(low + SumSize - 1, period.Last);
            sum += await db.QueryScalarAsync<decimal>(TotalOutSql, new { accountId, low, high }, ct);
        }

        return Currencies.From(period.Currency).FromHundredths(sum);
    }

    async IAsyncEnumerable<Transaction> ReadAsync(
        Period period, Transaction[] page, [EnumeratorCancellation] CancellationToken ct)
    {
        Interlocked.Increment(ref active);

        try
        {
            for (var low = period.First; low <= period.Last; low += page.Length)
            {
                if (low > period.First)
                    page = await ReadPageAsync(period, low, ct);

                foreach (var item in page)
                    yield return item;
            }
        }
        finally
        {
            Interlocked.Decrement(ref active);
        }
    }

    /// <exception cref="InvalidOperationException">
    /// Transactions are missing: a standby without them was promoted.
    /// </exception>
    async Task<Transaction[]> ReadPageAsync(Period period, long low, CancellationToken ct)
    {
        var accountId = period.AccountId;
        var size = Math.Clamp(MaxInMemory / (Volatile.Read(ref active) + 1), MinPageSize, PageSize);
        var high = Math.Min(low + size - 1, period.Last);
        var page = await db.QueryAsync<Transaction>(PageSql, new { accountId, low, high }, ct);

        return page.Length == Math.Max(0, high - low + 1) ? page
            : throw new InvalidOperationException(
                $"Expected transactions {low} to {high} of account {accountId}, found {page.Length}.");
    }

    /// <summary>A period, before its transactions are read.</summary>
    /// <param name="First">The sequence of its first transaction, if it has any.</param>
    /// <param name="Last">The sequence of its last one, or <c>First - 1</c> without any.</param>
    sealed record Period(
        long AccountId, string? Currency, DateTimeOffset Since, DateTimeOffset Until, decimal OpeningBalance,
        decimal ClosingBalance, long First, long Last) : IAmounts
    {
        object IAmounts.Convert(Func<decimal, decimal> convert) => this with
        {
            OpeningBalance = convert(OpeningBalance),
            ClosingBalance = convert(ClosingBalance),
        };
    }
}

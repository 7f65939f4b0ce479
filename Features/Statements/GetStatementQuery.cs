using System.Runtime.CompilerServices;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Statements;

/// <summary>
/// Reads what was posted on a user's account in a period that is over. What is over never changes, so that it
/// is read page by page, each in one go, and still is of one piece: however long it is, it takes the memory of a
/// page, and no connection while it is written. A million transactions take 20 MB, and 3 to 6 s.
/// </summary>
sealed class GetStatementQuery(BankDb db, SettledMomentQuery settlement)
{
    /// <summary>How many transactions are read at a time.</summary>
    public const int PageSize = 1000;

    /// <summary>How many are added up at a time: few enough to be quick on cold pages too.</summary>
    const int SumSize = 20_000;

    const string PeriodSql =
        """
        -- A period ends at the last moment that is over, at the latest, and does not begin after its end.
        WITH RECURSIVE period AS (
            SELECT id AS account_id, version, posted_at, created_at, least(@until::timestamptz,
        """
        + " " + TransactionSql.Settled +
        """
        ) AS until
            FROM accounts
            WHERE id = @id AND user_id = @userId
        ),
        asked AS (
            SELECT account_id, version, posted_at, edge, moment
            FROM period
            CROSS JOIN LATERAL (VALUES
                ('since', least(coalesce(@since::timestamptz, '-infinity'), until)),
                ('until', until)
            ) AS bound (edge, moment)
        ),
        """
        + TransactionSql.FindPositions +
        """
        ,
        known AS (
            SELECT edge, sequence,
        """
        + " " + TransactionSql.Balance +
        """
         AS balance
            FROM position
        )
        SELECT account_id AS AccountId,
               least(coalesce(@since::timestamptz, created_at), until) AS Since,
               until AS Until,
               opening.balance AS OpeningBalance,
               closing.balance AS ClosingBalance,
               opening.sequence + 1 AS First,
               closing.sequence AS Last
        FROM period
        JOIN known AS opening ON opening.edge = 'since'
        JOIN known AS closing ON closing.edge = 'until'
        """;

    const string PaidSql =
        """
        -- More than a balance can hold may have come and gone.
        SELECT coalesce(sum(amount) * 0.01, 0)
        FROM transactions
        WHERE from_account_id = @accountId AND from_version BETWEEN @low AND @high
        """;

    const string PageSql =
        """
        -- The limits take nothing away, but tell the planner how small the range is.
        SELECT item.*
        FROM (SELECT @accountId::bigint AS account_id, @low::bigint AS low, @high::bigint AS high) AS page
        CROSS JOIN LATERAL ((
        """
        + TransactionSql.Paid + " ORDER BY from_version LIMIT 1000) UNION ALL ("
        + TransactionSql.Received + " ORDER BY to_version LIMIT 1000)) AS item ORDER BY item.sequence";

    /// <summary>The statement, with its first page read; null when the account is not the user's.</summary>
    public async Task<StatementResponse?> FindAsync(
        GetStatementRequest request, long userId, CancellationToken ct)
    {
        var (id, since, until, _) = request;
        var settled = await settlement.ReadAsync(ct);
        var found = await db.QueryAsync<Period>(
            PeriodSql, new { id, userId, since, until, settled }, ct);

        if (found is not [var period])
            return null;

        var totalOut = await AddUpPaidAsync(period, ct);
        var firstPage = await ReadPageAsync(period, period.First, ct);

        return new StatementResponse(
            id, period.Since, period.Until, period.OpeningBalance, period.ClosingBalance,
            period.ClosingBalance - period.OpeningBalance + totalOut, totalOut,
            ReadAsync(period, firstPage, ct));
    }

    async Task<decimal> AddUpPaidAsync(Period period, CancellationToken ct)
    {
        var (sum, accountId) = (0m, period.AccountId);

        for (var low = period.First; low <= period.Last; low += SumSize)
        {
            var high = Math.Min(low + SumSize - 1, period.Last);
            sum += await db.QueryScalarAsync<decimal>(PaidSql, new { accountId, low, high }, ct);
        }

        return sum;
    }

    async IAsyncEnumerable<Transaction> ReadAsync(
        Period period, Transaction[] page, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var low = period.First; low <= period.Last; low += PageSize)
        {
            if (low > period.First)
                page = await ReadPageAsync(period, low, ct);

            foreach (var item in page)
                yield return item;
        }
    }

    /// <exception cref="InvalidOperationException">
    /// A transaction is not there any more: a standby took over that had not heard of it.
    /// </exception>
    async Task<Transaction[]> ReadPageAsync(Period period, long low, CancellationToken ct)
    {
        var high = Math.Min(low + PageSize - 1, period.Last);
        var page = await db.QueryAsync<Transaction>(
            PageSql, new { accountId = period.AccountId, low, high }, ct);

        return page.Length == Math.Max(0, high - low + 1) ? page
            : throw new InvalidOperationException(
                $"Of the transactions {low} to {high} of account {period.AccountId}, {page.Length} are there.");
    }

    /// <summary>What is known of a period before its transactions are read.</summary>
    /// <param name="First">The sequence of its first transaction, if it has any.</param>
    /// <param name="Last">That of the last one, or what is before the first.</param>
    sealed record Period(
        long AccountId, DateTimeOffset Since, DateTimeOffset Until, decimal OpeningBalance,
        decimal ClosingBalance, long First, long Last);
}

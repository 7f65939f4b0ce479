using Bank.Features.Statements;
using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Features.Statements;

public sealed class GetStatementQueryTests(BankServer bank)
{
    [Theory]
    [InlineData(2 * GetStatementQuery.PageSize)]
    [InlineData(20_000)]
    public async Task Statement_page_cost_does_not_depend_on_history_length(int length)
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await LongHistory.WriteForOneAsync(own.Database, length);
        await using var connection = await own.Database.OpenConnectionAsync();
        var low = length - GetStatementQuery.PageSize + 1;

        foreach (var sql in new[] { "PageSql", "TotalOutSql" })
        {
            var plan = await Plan.OfAsync(
                connection, typeof(GetStatementQuery), sql, ("accountId", "bigint", "1"),
                ("low", "bigint", $"{low}"), ("high", "bigint", $"{length}"));

            plan.Steps.ShouldContain(step => step.Kind == "Index Scan");
            plan.Steps.ShouldAllBe(step => step.Rows <= GetStatementQuery.PageSize);
        }

        var period = await Plan.OfAsync(
            connection, typeof(GetStatementQuery), "PeriodSql", ("id", "bigint", "1"),
            ("userId", "bigint", "1"),
            ("since", "timestamptz", $"{LongHistory.At(length / 3):O}"),
            ("until", "timestamptz", $"{LongHistory.At(length / 2):O}"),
            ("settled", "timestamptz", "infinity"));

        period.Steps.ShouldContain(step => step.Kind == "Index Scan");
        period.Steps.ShouldAllBe(step => step.Rows <= 2 * 16);
    }

    [Theory]
    [InlineData(2, GetStatementQuery.PageSize + 1)]
    [InlineData(1, GetStatementQuery.PageSize + 1)]
    [InlineData(GetStatementQuery.PageSize, GetStatementQuery.PageSize)]
    [InlineData(777, 2500)]
    [InlineData(1, 25_000)]
    public async Task A_statement_has_each_transaction_of_its_period_in_order(int first, int last)
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync();
        await LongHistory.WriteAsync(ledger.Database, account, 25_000);

        var statement = await StatementAsync(
            ledger, account, LongHistory.At(first), LongHistory.At(last + 1));

        statement.Sequences.ShouldBe(
            Enumerable.Range(first, last - first + 1).Select(sequence => (long)sequence));
        statement.Head.OpeningBalance.ShouldBe((first - 1) % 2 * 0.01m);
        statement.Head.ClosingBalance.ShouldBe(last % 2 * 0.01m);
        statement.Head.TotalOut.ShouldBe((last / 2 - (first - 1) / 2) * 0.01m);
        statement.Head.TotalIn.ShouldBe(((last + 1) / 2 - first / 2) * 0.01m);
    }

    [Fact]
    public async Task Statement_totals_may_exceed_the_balance_limit()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync();
        await ledger.Database.ExecuteAsync(
            """
            INSERT INTO transactions (
                id, from_account_id, to_account_id, amount,
                from_balance, to_balance, from_version, to_version, created_at)
            SELECT gen_random_uuid(), CASE WHEN is_debit THEN $1 END, CASE WHEN NOT is_debit THEN $1 END, $2,
                   CASE WHEN is_debit THEN 0 END, CASE WHEN NOT is_debit THEN $2 END,
                   CASE WHEN is_debit THEN version END, CASE WHEN NOT is_debit THEN version END, now()
            FROM (
                SELECT version, version % 2 = 0 AS is_debit
                FROM generate_series(1, 20) AS version) AS movement
            """,
            account, 999_999_999_999_999_999);
        await ledger.Database.ExecuteAsync(
            "UPDATE accounts SET version = 20, posted_at = now() WHERE id = $1", account);

        var statement = await StatementAsync(ledger, account, null, null);

        statement.Head.TotalOut.ShouldBe(99_999_999_999_999_999.90m);
        statement.Head.TotalIn.ShouldBe(99_999_999_999_999_999.90m);
    }

    [Fact]
    public async Task Chosen_end_of_a_statement_is_a_whole_millisecond()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync();
        var future = new DateTimeOffset(2999, 1, 1, 0, 0, 0, TimeSpan.Zero);

        for (var count = 1; count <= 40; count++)
        {
            await ledger.DepositAsync(account, 1m);

            var statement = await StatementAsync(ledger, account, null, count % 2 == 0 ? null : future);

            (statement.Head.Until.Ticks % TimeSpan.TicksPerMillisecond).ShouldBe(0);
            statement.Sequences.Length.ShouldBe(count);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.1)]
    public async Task Open_transactions_do_not_hide_the_last_transaction(double seconds)
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync();
        await using var connection = await ledger.Database.OpenConnectionAsync();
        await using var other = await connection.BeginTransactionAsync();
        await using var begin = new NpgsqlCommand("SELECT pg_current_xact_id(), pg_sleep($1)", connection)
        {
            Parameters = { new() { Value = seconds } },
        };
        await begin.ExecuteNonQueryAsync();
        await ledger.DepositAsync(account, 1m);

        var statement = await StatementAsync(ledger, account, null, null);

        statement.Sequences.ShouldBe([1]);
        statement.Head.ClosingBalance.ShouldBe(1m);
    }

    [Fact]
    public async Task A_late_commit_belongs_to_the_next_statement()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var account = await ledger.OpenAccountAsync(100m);
        await using var blocked = await BlockedAccount.BlockAsync(ledger.Database, account);
        var deposit = ledger.DepositAsync(account, 1m);
        await blocked.WaitForBlockedQueriesAsync(1);

        var one = await StatementAsync(ledger, account, null, null);
        await blocked.UnblockAsync();
        await deposit;
        var next = await StatementAsync(ledger, account, one.Head.Until, null);

        one.Sequences.ShouldBe([1]);
        next.Sequences.ShouldBe([2]);
        next.Head.OpeningBalance.ShouldBe(one.Head.ClosingBalance);
        (await StatementAsync(ledger, account, null, one.Head.Until)).Sequences.ShouldBe([1]);
    }

    static Task<(StatementResponse Head, long[] Sequences)> StatementAsync(
        IsolatedLedger ledger, long account, DateTimeOffset? since, DateTimeOffset? until) =>
        ledger.QueryAsync(async db =>
        {
            var head = await new GetStatementQuery(db, new SettledMomentQuery(db)).FindAsync(
                new GetStatementRequest(account, since, until), ledger.User, CancellationToken.None);
            head.ShouldNotBeNull();

            return (head, await head.Transactions.Select(item => item.Sequence!.Value).ToArrayAsync());
        });
}

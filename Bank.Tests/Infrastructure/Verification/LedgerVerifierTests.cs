using System.Diagnostics;
using Bank.Infrastructure.Progress;
using Bank.Infrastructure.Verification;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Infrastructure.Verification;

/// <summary>
/// The audit of the whole ledger; each corruption is planted by the owner, with the triggers off.
/// </summary>
public sealed class LedgerVerifierTests(BankServer bank)
{
    const string Clean = "everything adds up.";

    [Fact]
    public async Task Verify_finds_every_planted_corruption_and_no_false_ones()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        var (first, second) = await UseAsync(ledger);
        (await VerifyAsync(ledger)).ShouldSatisfyAllConditions(
            verified => verified.Code.ShouldBe(0, verified.Text),
            verified => verified.Text.ShouldContain(Clean),
            verified => verified.Text.ShouldContain("6 transactions of 2 accounts in "));

        foreach (var (sql, check, named) in Corruptions(first, second))
        {
            var (code, text) = await WithAsync(ledger, sql);

            code.ShouldBe(1, $"{sql}\n{text}");
            var found = text.Split('\n')
                .SkipWhile(line => !line.StartsWith(check.Promise, StringComparison.Ordinal)).ToArray();
            found[0].ShouldEndWith(" found", customMessage: sql);
            found[1].ShouldContain(named, customMessage: sql);
        }

        (await VerifyAsync(ledger)).Code.ShouldBe(0);
    }

    [Fact]
    public async Task Verify_shows_which_check_it_is_at()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        await using var other = await ledger.Database.OpenConnectionAsync();
        await using var blocking = await other.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("LOCK TABLE users", other, blocking);
        await command.ExecuteNonQueryAsync();
        var shown = new StringWriter();
        var progress = new ProgressLine(shown, isTerminal: false, TimeSpan.Zero, TimeProvider.System);

        var verifying = LedgerVerifier.RunAsync(
            ledger.Database.ConnectionString, TextWriter.Null, progress);
        await Eventually.TrueAsync(
            () => shown.ToString().Contains($" s: {Checks.Owners.Promise}"), "the fourth check is shown");
        await blocking.RollbackAsync();

        (await verifying).ShouldBe(0);
        shown.ToString().ShouldStartWith($"4 of {Checks.All.Length}, after ");
    }

    /// <summary>What is planted, which check finds it, and how the first finding begins.</summary>
    static (string Sql, Check Check, string Named)[] Corruptions(long first, long second) =>
    [
        ($"UPDATE accounts SET balance = balance + 1 WHERE id = {first}", Checks.Accounts,
            $"account {first}: "),
        ($"UPDATE accounts SET balance = balance + 1 WHERE id = {first}", Checks.Conservation,
            "the accounts hold "),
        ($"UPDATE accounts SET version = version + 1 WHERE id = {first}", Checks.Accounts,
            $"account {first}: "),
        ($"UPDATE accounts SET posted_at = 'epoch' WHERE id = {first}", Checks.Accounts,
            $"account {first}: "),
        ($"DELETE FROM transactions WHERE to_account_id = {first} AND to_version = 2",
            Checks.History, $"account {first}: version 3 follows 1,"),
        ($"UPDATE transactions SET amount = amount + 1 WHERE to_account_id = {first} AND to_version = 2",
            Checks.History, $"account {first}: balance "),
        ($"UPDATE transactions SET to_balance = to_balance + 1 "
            + $"WHERE to_account_id = {first} AND to_version = 2",
            Checks.History, $"account {first}: balance "),
        ($"UPDATE transactions SET created_at = 'epoch' WHERE to_account_id = {first} AND to_version = 2",
            Checks.History, $"account {first}: time "),
        ($"UPDATE transactions SET to_account_id = {second}, to_version = 99 "
            + $"WHERE to_account_id = {first} AND to_version = 3", Checks.History,
            $"account {second}: version 99 follows"),
        ($"INSERT INTO transactions (id, to_account_id, amount, to_balance, to_version, created_at) "
            + $"VALUES (gen_random_uuid(), {first}, 1, 1, 99, now())", Checks.History,
            $"account {first}: version 99 "),
        ($"INSERT INTO transactions (id, from_account_id, amount, from_balance, from_version, created_at) "
            + $"VALUES (gen_random_uuid(), {first}, 1, 1, 2, now())", Checks.History,
            $"account {first}: version 2 follows 2"),
        ($"DELETE FROM accounts WHERE id = {first}", Checks.Accounts, $"account {first}: "),
        ("INSERT INTO accounts (user_id, balance) SELECT id, 5 FROM users", Checks.Accounts,
            "holds 5 at version 0"),
        ("DELETE FROM users", Checks.Owners, $"account {first}: "),
        ("INSERT INTO idempotency_keys "
            + "SELECT id, 'mine', '', 'posted', gen_random_uuid(), '', now() FROM users",
            Checks.Keys, "key mine of user"),
        ($"UPDATE accounts SET held = 1 WHERE id = {first}", Checks.Holds, $"account {first}: sets 1 aside"),
        ("INSERT INTO holds "
            + "(id, from_account_id, to_account_id, amount, status, settled_by, created_at, expires_at) "
            + $"VALUES (gen_random_uuid(), {first}, {second}, 1, 'captured', gen_random_uuid(), now(), "
            + "'infinity')",
            Checks.Holds, "hold "),
        (Refund(first, second, to: 99, number: 1, left: 3), Checks.Refunds, "refund "),
        (Refund(first, second, to: second, number: 2, left: 3), Checks.Refunds, "refund "),
        (Refund(first, second, to: second, number: 1, left: 4), Checks.Refunds, "refund "),
        ($"UPDATE accounts SET posted_at = now() + interval '2 minutes' WHERE id = {first}",
            Checks.Times, $"account {first}: its last transaction is at "),
        ($"UPDATE accounts SET posted_at = 'infinity' WHERE id = {first}",
            Checks.Times, $"account {first}: its last transaction is at infinity"),
        ($"UPDATE accounts SET created_at = now() + interval '10 years' WHERE id = {first}",
            Checks.Times, $"account {first}: opened at "),
        ("UPDATE users SET removed_at = now() + interval '10 years'", Checks.Times, "user "),
        (Hold(first, second, created: "10 years", expires: "20 years"), Checks.Times, "hold "),
        (Hold(first, second, created: "0", expires: "31 days"), Checks.Times, "hold "),
        ("INSERT INTO idempotency_keys SELECT id, 'mine', '', 'insufficient_funds', null, '', "
            + "now() + interval '10 years' FROM users",
            Checks.Times, "key mine of user"),
        ("DROP TRIGGER holds_are_settled_once ON holds",
            Checks.Guards, "trigger holds_are_settled_once is not there"),
        ("ALTER TABLE transactions DISABLE TRIGGER transactions_are_append_only",
            Checks.Guards, "trigger transactions_are_append_only of transactions"),
        ("DROP TRIGGER accounts_count_every_change ON accounts",
            Checks.Guards, "trigger accounts_count_every_change is not there"),
        ("CREATE SCHEMA other; CREATE TABLE other.holds (id bigint); CREATE TRIGGER holds_are_settled_once "
            + "AFTER UPDATE ON other.holds EXECUTE FUNCTION refuse_change(); "
            + "DROP TRIGGER holds_are_settled_once ON holds",
            Checks.Guards, "trigger holds_are_settled_once is not there"),
        ("DROP INDEX transactions_refunds", Checks.Guards, "index transactions_refunds is not there"),
        ("ALTER TABLE users DROP CONSTRAINT users_username_key; "
            + "INSERT INTO users (username, password_hash) SELECT username, '' FROM users",
            Checks.Duplicates, "username owner: users 1, 2"),
        ("ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey; "
            + "INSERT INTO idempotency_keys (user_id, key, fingerprint, outcome, trace_id, created_at) "
            + "SELECT id, 'twice', '', 'no', '', now() FROM users, generate_series(1, 2)",
            Checks.Duplicates, "key twice of user 1"),
        ("UPDATE pg_database SET datcollversion = '0' WHERE datname = current_database()",
            Checks.SortOrder, "the sort order of own_"),
    ];

    /// <summary>
    /// Has one account receive 5 from another, and send 2 of them back as a refund that says this.
    /// </summary>
    static string Refund(long receiver, long payer, long to, int number, int left) =>
        $"""
        WITH original AS (
            INSERT INTO transactions (
                id, from_account_id, to_account_id, amount, from_balance, to_balance,
                from_version, to_version, created_at)
            VALUES (gen_random_uuid(), {payer}, {receiver}, 5, 0, 0, 50, 50, now())
            RETURNING id
        )
        INSERT INTO transactions (
            id, from_account_id, to_account_id, amount, from_balance, to_balance, from_version, to_version,
            refund_of, refund_number, refund_left, created_at)
        SELECT gen_random_uuid(), {receiver}, {to}, 2, 0, 0, 51, 51, id, {number}, {left}, now()
        FROM original
        """;

    static string Hold(long payer, long payee, string created, string expires) =>
        $"""
        UPDATE accounts SET held = 1 WHERE id = {payer};
        INSERT INTO holds (id, from_account_id, to_account_id, amount, created_at, expires_at)
        VALUES (gen_random_uuid(), {payer}, {payee}, 1,
                now() + interval '{created}', now() + interval '{expires}')
        """;

    [Fact]
    public async Task Verify_command_reports_its_result_by_exit_code()
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);

        (await RunAsync(ApiConnection.Of(own.ConnectionString))).ShouldSatisfyAllConditions(
            run => run.Code.ShouldBe(0, run.Text), run => run.Text.ShouldContain(Clean));

        await own.Database.ExecuteAsync(
            """
            INSERT INTO users (username, password_hash) VALUES ('owner', '');
            INSERT INTO accounts (user_id, balance) SELECT id, 1 FROM users;
            """);
        (await RunAsync(ApiConnection.Of(own.ConnectionString))).Code.ShouldBe(1);
        (await RunAsync("Host=127.0.0.1;Port=1;Database=bank")).Code.ShouldBe(2);
        (await RunAsync("")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task Verify_before_the_first_start_says_that_there_is_no_ledger_yet()
    {
        await using var own = await IsolatedDatabase.CreateAsync(bank);
        var settings = new NpgsqlConnectionStringBuilder(own.ConnectionString);

        (await RunAsync(settings.ConnectionString)).ShouldSatisfyAllConditions(
            run => run.Code.ShouldBe(2, run.Text),
            run => run.Text.ShouldContain(
                $"There is no ledger in {settings.Database} on {settings.Host} yet"));
        settings.Username = "nobody_yet";
        (await RunAsync(settings.ConnectionString)).ShouldSatisfyAllConditions(
            run => run.Code.ShouldBe(2, run.Text),
            run => run.Text.ShouldContain("nobody_yet may not sign in. If there is no such role yet: Bank "
                + "creates it when it first starts"));
    }

    static async Task<(long First, long Second)> UseAsync(IsolatedLedger ledger)
    {
        var (first, second) = (await ledger.OpenAccountAsync(), await ledger.OpenAccountAsync());

        for (var amount = 1; amount <= 3; amount++)
        {
            await ledger.DepositAsync(first, 10 * amount);
            await ledger.DepositAsync(second, amount);
        }

        return (first, second);
    }

    /// <summary>Verifies in the middle of a transaction that plants a corruption and takes it back.</summary>
    static async Task<(int Code, string Text)> WithAsync(IsolatedLedger ledger, string sql)
    {
        await using var connection = await ledger.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var plant = new NpgsqlCommand(
            $"SET LOCAL session_replication_role = replica; {sql}", connection, transaction);
        await plant.ExecuteNonQueryAsync();
        var output = new StringWriter();
        var code = await LedgerVerifier.RunAsync(connection, output);

        return (code, output.ToString());
    }

    static async Task<(int Code, string Text)> VerifyAsync(IsolatedLedger ledger)
    {
        var output = new StringWriter();
        var code = await LedgerVerifier.RunAsync(ledger.Database.ConnectionString, output);

        return (code, output.ToString());
    }

    /// <summary>The program itself, as who runs it sees it.</summary>
    static async Task<(int Code, string Text)> RunAsync(string connectionString)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "Bank.dll"), LedgerVerifier.Argument])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["ConnectionStrings__Bank"] = connectionString;
        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        return (process.ExitCode, text);
    }
}

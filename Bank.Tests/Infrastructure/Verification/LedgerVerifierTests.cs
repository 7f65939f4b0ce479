using System.Diagnostics;
using System.Globalization;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Progress;
using Bank.Infrastructure.Verification;
using Bank.Tests.Harness;
using Bank.Tests.Infrastructure.Ledger;
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
        ($"UPDATE accounts SET currency = 978 WHERE id = {first}", Checks.AccountCurrencies,
            $"account {first}: currency 978, and was 0"),
        ($"UPDATE accounts SET currency = 978, first_currency = 978 WHERE id = {first}; "
            + "INSERT INTO transactions (id, from_account_id, to_account_id, amount, from_balance, "
            + "to_balance, from_version, to_version, created_at) "
            + $"VALUES (gen_random_uuid(), {first}, {second}, 1, 1, 1, 99, 99, now())",
            Checks.AccountCurrencies,
            $"from account {first} in currency 978 to account {second} in currency 0"),
        ($"UPDATE accounts SET currency = 978, first_currency = 978 WHERE id = {first}; "
            + Hold(first, second, created: "0", expires: "1 day"),
            Checks.AccountCurrencies, "hold "),
        ("UPDATE accounts SET currency = 1, first_currency = 1", Checks.AccountCurrencies,
            "currency 1 is not known"),
        ("UPDATE accounts SET currency = 392, first_currency = 392, balance = 1000000000000000 "
            + $"WHERE id = {first}",
            Checks.AccountCurrencies, $"account {first}: balance 1000000000000000 has more than 15 digits"),
        ("UPDATE accounts SET currency = 392, first_currency = 392; "
            + "UPDATE transactions SET amount = 1000000000000000",
            Checks.AccountCurrencies, "amount 1000000000000000 has more than 15 digits"),
        ("UPDATE accounts SET currency = 392, first_currency = 392; "
            + $"UPDATE accounts SET balance = balance + 1 WHERE id = {first}",
            Checks.Conservation, "in currency 392"),
        ($"UPDATE accounts SET version = version + 1 WHERE id = {first}", Checks.Accounts,
            $"account {first}: "),
        ("UPDATE users SET is_operator = true", Checks.Operators, "user "),
        ("UPDATE users SET blocked_at = now()", Checks.Operators, "user "),
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
        ("INSERT INTO token_users VALUES (1, 'https://login.example.com', 'ada')", Checks.TokenUsers,
            "user 1: is a user of tokens, and has a password or another name"),
        ("UPDATE users SET password_hash = '!'", Checks.TokenUsers,
            "user 1: has no password, and is no user of tokens"),
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
        ("INSERT INTO keys (user_id, name, scope, hash) VALUES (99, 'a', 'full', sha256(''))", Checks.ApiKeys,
            "user 99"),
        ("INSERT INTO keys (user_id, name, scope, hash, created_at) "
            + "SELECT id, 'a', 'full', sha256(''), now() + interval '1 year' FROM users LIMIT 1",
            Checks.Times, "API key "),
        ("UPDATE users SET removed_at = now() + interval '10 years'", Checks.Times, "user "),
        (Hold(first, second, created: "10 years", expires: "20 years"), Checks.Times, "hold "),
        (Hold(first, second, created: "0", expires: "31 days"), Checks.Times, "hold "),
        ("INSERT INTO idempotency_keys SELECT id, 'mine', '', 'insufficient_funds', null, '', "
            + "now() + interval '10 years' FROM users",
            Checks.Times, "key mine of user"),
        ("UPDATE accounts SET posted_at = NULL WHERE version > 0", Checks.Accounts, $"account {first}: "),
        ($"UPDATE accounts SET posted_at = '-infinity' WHERE id = {first}", Checks.Times,
            $"account {first}: its last transaction is at -infinity"),
        ($"UPDATE transactions SET created_at = 'infinity' WHERE to_account_id = {first} AND to_version = 3",
            Checks.Accounts, $"account {first}: "),
        ($"UPDATE transactions SET created_at = '-infinity' WHERE to_account_id = {first} AND to_version = 1",
            Checks.Accounts, $"account {first}: "),
        ($"UPDATE transactions SET created_at = now() + interval '1 hour' "
            + $"WHERE to_account_id = {first} AND to_version = 3", Checks.Accounts, $"account {first}: "),
        ($"UPDATE transactions SET created_at = now() - interval '1 hour' "
            + $"WHERE to_account_id = {first} AND to_version = 1", Checks.Accounts, $"account {first}: "),
        ($"UPDATE accounts SET created_at = '-infinity' WHERE id = {first}", Checks.Times,
            $"account {first}: opened at -infinity"),
        ("UPDATE users SET created_at = '-infinity'", Checks.Times, "user "),
        ("UPDATE users SET removed_at = now()", Checks.Owners, $"account {first}: user "),
        (Key("'posted', NULL, NULL"), Checks.Keys, "key mine of user 1: posted"),
        (Key($"'posted', gen_random_uuid(), {first}"), Checks.Keys, "key mine of user 1: posted"),
        ("INSERT INTO idempotency_keys VALUES (99, 'mine', '', 'registered', NULL, '', now())", Checks.Keys,
            "key mine of user 99: registered"),
        (Key("'nonsense', NULL, NULL"), Checks.Keys, "key mine of user 1: nonsense"),
        (Key("'opened', NULL, NULL"), Checks.Keys, "key mine of user 1: opened"),
        (Key($"'insufficient_funds', (SELECT id FROM transactions LIMIT 1), NULL"), Checks.Keys,
            "key mine of user 1: insufficient_funds"),
        ("INSERT INTO users (username, password_hash) VALUES ('other', ''); "
            + Key("'posted', (SELECT id FROM transactions LIMIT 1), NULL", user: "other"),
            Checks.Keys, "key mine of user "),
        ("INSERT INTO users (username, password_hash) VALUES ('other', ''); "
            + Key($"'opened', NULL, {first}", user: "other"), Checks.Keys, "key mine of user "),
        ("INSERT INTO idempotency_keys "
            + "SELECT id, 'mine', '', 'registered', null, '', '-infinity' FROM users",
            Checks.Times, "key mine of user"),
        (Hold(first, 99, created: "0", expires: "1 day"), Checks.Holds, "hold "),
        (Hold(first, second, created: "-9 days", expires: "-2 days"), Checks.Holds, "hold "),
        ("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'users_username_key'::regclass; "
            + "UPDATE pg_index SET indisready = false WHERE indexrelid = 'users_username_key'::regclass; "
            + "INSERT INTO users (username, password_hash) SELECT username, '' FROM users; "
            + "UPDATE pg_index SET indisvalid = true, indisready = true "
            + "WHERE indexrelid = 'users_username_key'::regclass",
            Checks.Duplicates, "username owner: users 1, "),
        ("DROP TRIGGER holds_are_settled_once ON holds",
            Checks.Schema, "trigger holds_are_settled_once of holds is not there"),
        ("ALTER TABLE transactions DISABLE TRIGGER transactions_are_append_only",
            Checks.Schema, "trigger transactions_are_append_only of transactions is: "),
        ("ALTER TABLE accounts DISABLE TRIGGER ALL",
            Checks.Schema, "constraint accounts_user_id_fkey of accounts is: "),
        ("DROP TRIGGER accounts_count_every_change ON accounts",
            Checks.Schema, "trigger accounts_count_every_change of accounts is not there"),
        ("DROP TRIGGER transactions_are_append_only ON transactions; "
            + "CREATE TRIGGER transactions_are_append_only BEFORE UPDATE OR DELETE ON transactions "
            + "FOR EACH ROW WHEN (false) EXECUTE FUNCTION refuse_change()",
            Checks.Schema, "trigger transactions_are_append_only of transactions is: "),
        ("CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql "
            + "AS 'BEGIN RETURN NULL; END'", Checks.Schema, "function refuse_change() is: "),
        ("ALTER TABLE accounts DROP CONSTRAINT accounts_balance_check",
            Checks.Schema, "constraint accounts_balance_check of accounts is not there"),
        ("ALTER TABLE accounts DROP CONSTRAINT accounts_balance_check, "
            + "ADD CONSTRAINT accounts_balance_check CHECK (balance >= -1)",
            Checks.Schema, "constraint accounts_balance_check of accounts is: CHECK (balance >= "),
        ("ALTER TABLE accounts DROP CONSTRAINT accounts_held_check, "
            + "ADD CONSTRAINT accounts_held_check CHECK (held >= 0) NOT VALID",
            Checks.Schema, "constraint accounts_held_check of accounts is: CHECK (held >= 0) NOT VALID"),
        ("ALTER TABLE accounts DROP CONSTRAINT accounts_user_id_fkey",
            Checks.Schema, "constraint accounts_user_id_fkey of accounts is not there"),
        ("ALTER TABLE transactions DROP CONSTRAINT transactions_from_sequence",
            Checks.Schema, "constraint transactions_from_sequence of transactions is not there"),
        ("DROP INDEX accounts_of_user", Checks.Schema, "index accounts_of_user of accounts is not there"),
        ("DROP INDEX holds_due; CREATE INDEX holds_due ON holds (expires_at) WHERE false",
            Checks.Schema, "index holds_due of holds is: "),
        ("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'holds_due'::regclass",
            Checks.Schema, "index holds_due of holds is: "),
        ("ALTER TABLE holds ALTER COLUMN reference SET DEFAULT 'x'", Checks.Schema, "column holds.reference"),
        ("ALTER TABLE users ALTER COLUMN password_hash DROP NOT NULL",
            Checks.Schema, "column users.password_hash is: text, and was: text NOT NULL"),
        ("ALTER TABLE holds SET UNLOGGED", Checks.Schema, "table holds is: kind r, persistence u"),
        ("ALTER TABLE accounts ENABLE ROW LEVEL SECURITY", Checks.Schema, "table accounts is: "),
        ("CREATE TABLE hidden () INHERITS (transactions)", Checks.Schema, "table transactions is: "),
        ("CREATE RULE forget AS ON INSERT TO transactions DO INSTEAD NOTHING",
            Checks.Schema, "rule forget of transactions is not of this build: "),
        ("CREATE TRIGGER extra BEFORE INSERT ON transactions FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            Checks.Schema, "trigger extra of transactions is not of this build: "),
        ("DELETE FROM \"VersionInfo\" WHERE \"Version\" = 202611220001",
            Checks.Schema, "migration 202611220001 is not there"),
        ("INSERT INTO \"VersionInfo\" VALUES (299901010001)",
            Checks.Schema, "migration 299901010001 is not of this build"),
        ("CREATE SCHEMA other; CREATE TABLE other.holds (id bigint); CREATE TRIGGER holds_are_settled_once "
            + "AFTER UPDATE ON other.holds EXECUTE FUNCTION refuse_change(); "
            + "DROP TRIGGER holds_are_settled_once ON holds",
            Checks.Schema, "trigger holds_are_settled_once of holds is not there"),
        ("DROP INDEX transactions_refunds",
            Checks.Schema, "index transactions_refunds of transactions is not there"),
        ("ALTER TABLE users DROP CONSTRAINT users_username_key; "
            + "INSERT INTO users (username, password_hash) SELECT username, '' FROM users",
            Checks.Duplicates, "username owner: users 1, "),
        ("ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey; "
            + "INSERT INTO idempotency_keys (user_id, key, fingerprint, outcome, trace_id, created_at) "
            + "SELECT id, 'twice', '', 'no', '', now() FROM users, generate_series(1, 2)",
            Checks.Duplicates, "key twice of user "),
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

    /// <summary>Adds a key with an outcome, a transaction and an account.</summary>
    static string Key(string values, string user = "owner") =>
        $"""
        INSERT INTO idempotency_keys (
            user_id, key, fingerprint, outcome, transaction_id, account_id, trace_id, created_at)
        SELECT id, 'mine', '', {values}, '', now() FROM users WHERE username = '{user}'
        """;

    static string Hold(long payer, long payee, string created, string expires) =>
        $"""
        UPDATE accounts SET held = 1 WHERE id = {payer};
        INSERT INTO holds (id, from_account_id, to_account_id, amount, created_at, expires_at)
        VALUES (gen_random_uuid(), {payer}, {payee}, 1,
                now() + interval '{created}', now() + interval '{expires}')
        """;

    /// <summary>Whatever an operator adds for reports changes nothing.</summary>
    [Fact]
    public async Task Additional_tables_indexes_and_functions_are_no_findings()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);

        var (code, text) = await WithAsync(
            ledger,
            """
            CREATE TABLE report (id bigint PRIMARY KEY);
            CREATE VIEW totals AS SELECT count(*) FROM accounts;
            CREATE INDEX for_report ON transactions (created_at);
            CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
            CREATE TRIGGER of_report AFTER INSERT ON report EXECUTE FUNCTION nothing()
            """);

        code.ShouldBe(0, text);
    }

    /// <summary>
    /// <c>BANK_UPDATE_SNAPSHOTS=1</c> writes the file from the migrations instead of comparing it.
    /// </summary>
    [Fact]
    public async Task Definitions_are_those_that_the_migrations_make()
    {
        const string File = "Infrastructure/Verification/Definitions.txt";
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        var made = await own.Database.QueryAsync(
            Definitions.Sql
                + """SELECT concat(name, ': ', text) FROM definition ORDER BY name COLLATE "C" """,
            row => row.GetString(0));

        if (Environment.GetEnvironmentVariable("BANK_UPDATE_SNAPSHOTS") == "1")
            System.IO.File.WriteAllLines(Path.Combine(SourceTree.Root, File), made);

        var written = SourceTree.Read(File).TrimEnd().Split('\n');
        made.Except(written).ShouldBeEmpty();
        written.Except(made).ShouldBeEmpty();
        made.Length.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void Known_outcomes_have_every_code_that_a_money_query_stores() =>
        ProblemCodeTests.Statements.SelectMany(query => ProblemCodeTests.CodesOf(query.Data))
            .Except([.. Checks.Outcomes, .. PostingRow.Undecided]).ShouldBeEmpty();

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
                "the schema public has no tables: start an instance that migrates"));
        settings.Username = "nobody_yet";
        (await RunAsync(settings.ConnectionString)).ShouldSatisfyAllConditions(
            run => run.Code.ShouldBe(2, run.Text),
            run => run.Text.ShouldContain("nobody_yet may not sign in. If there is no such role yet: Bank "
                + "creates it when it first starts"));
    }

    [Theory]
    [InlineData("REVOKE ALL ON SCHEMA public FROM PUBLIC", "GRANT USAGE ON SCHEMA public TO bank_api")]
    [InlineData("REVOKE SELECT ON holds FROM bank_api", "permission denied for table holds")]
    [InlineData("REVOKE ALL ON DATABASE {0} FROM PUBLIC", "GRANT CONNECT ON DATABASE {0} TO bank_api")]
    public async Task Verify_names_the_right_that_it_lacks(string revoke, string named)
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        var settings = new NpgsqlConnectionStringBuilder(ApiConnection.Of(own.ConnectionString))
        {
            Pooling = false,
            SearchPath = "public",
        };
        await own.Database.ExecuteAsync(Named(revoke));

        var (code, text) = await RunAsync(settings.ConnectionString);

        code.ShouldBe(2, text);
        text.ShouldContain(Named(named));

        string Named(string sql) => string.Format(CultureInfo.InvariantCulture, sql, settings.Database);
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

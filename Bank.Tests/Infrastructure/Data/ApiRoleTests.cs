using System.Net;
using Bank.Infrastructure.Data;
using Bank.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Bank.Tests.Infrastructure.Data;

/// <summary>What the role that the API serves as may do, and how it comes to be.</summary>
[Trait("Speed", "Slow")]
public sealed class ApiRoleTests(BankServer bank)
{
    const string Warning = "could disable the triggers";

    [Theory]
    [InlineData("ALTER TABLE transactions DISABLE TRIGGER ALL")]
    [InlineData("ALTER TABLE accounts DROP CONSTRAINT accounts_balance_check")]
    [InlineData("DROP TABLE transactions")]
    [InlineData("CREATE TABLE mine (id bigint)")]
    [InlineData("CREATE TRIGGER mine BEFORE INSERT ON transactions EXECUTE FUNCTION refuse_change()")]
    [InlineData("TRUNCATE idempotency_keys")]
    [InlineData("UPDATE transactions SET amount = 1")]
    [InlineData("DELETE FROM transactions")]
    [InlineData("DELETE FROM accounts")]
    [InlineData("DELETE FROM users")]
    [InlineData("DELETE FROM token_users")]
    [InlineData("UPDATE token_users SET subject = 'someone'")]
    [InlineData("DELETE FROM idempotency_keys")]
    [InlineData("UPDATE keys SET scope = 'full'")]
    [InlineData("UPDATE keys SET expires_at = NULL")]
    [InlineData("TRUNCATE keys")]
    [InlineData("UPDATE webhooks SET url = 'https://ledger.example'")]
    [InlineData("UPDATE webhooks SET account_id = 1")]
    [InlineData("TRUNCATE webhooks")]
    [InlineData("DO $$ BEGIN LOCK TABLE users; END $$")]
    [InlineData("DO $$ BEGIN LOCK TABLE accounts; END $$")]
    [InlineData("DO $$ BEGIN LOCK TABLE transactions IN SHARE MODE; END $$")]
    [InlineData("DO $$ BEGIN LOCK TABLE holds IN EXCLUSIVE MODE; END $$")]
    [InlineData("DO $$ BEGIN LOCK TABLE idempotency_keys IN SHARE ROW EXCLUSIVE MODE; END $$")]
    [InlineData("UPDATE accounts SET user_id = 1")]
    [InlineData("UPDATE accounts SET currency = 978")]
    [InlineData("UPDATE accounts SET first_currency = 978")]
    [InlineData("INSERT INTO accounts (user_id, balance) VALUES (1, 1)")]
    [InlineData("UPDATE users SET username = 'someone'")]
    [InlineData("UPDATE users SET is_operator = true")]
    [InlineData("INSERT INTO users (username, password_hash, is_operator) VALUES ('o', '', true)")]
    [InlineData("UPDATE operator_actions SET reason = 'another'")]
    [InlineData("DELETE FROM operator_actions")]
    [InlineData("""DELETE FROM "VersionInfo" """)]
    [InlineData("SET session_replication_role = replica")]
    [InlineData("SELECT pg_read_file('PG_VERSION')")]
    public async Task API_role_has_only_the_privileges_that_slices_need(string sql)
    {
        await using var api = NpgsqlDataSource.Create(ApiConnection.Of(bank.ConnectionString));

        var refusal = await api.ShouldRefuseAsync(sql);

        refusal.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task API_role_removes_no_recent_key_and_revives_nothing()
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await own.Database.ExecuteAsync(
            """
            INSERT INTO users (username, password_hash, removed_at) VALUES ('removed', '', now());
            INSERT INTO accounts (user_id, closed_at) SELECT id, now() FROM users;
            INSERT INTO idempotency_keys (user_id, key, fingerprint, outcome, trace_id, created_at)
            SELECT id, 'recent', '', 'registered', '', now() - interval '50 seconds' FROM users;
            """);
        await using var api = NpgsqlDataSource.Create(ApiConnection.Of(own.ConnectionString));

        (await api.ScalarAsync<long>("SELECT remove_expired_keys(0, 1000, 'infinity', 1)")).ShouldBe(0);
        (await api.ShouldRefuseAsync("UPDATE users SET removed_at = NULL")).MessageText
            .ShouldContain("the ledger only grows");
        (await api.ShouldRefuseAsync("UPDATE accounts SET closed_at = NULL")).MessageText
            .ShouldContain("the ledger only grows");
    }

    [Fact]
    public async Task Every_table_is_granted_to_the_API_role()
    {
        var without = await bank.Database.QueryAsync(
            """
            SELECT relname
            FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
              AND NOT has_table_privilege('bank_api', oid, 'SELECT')
            """,
            row => row.GetString(0));

        without.ShouldBeEmpty("Migrations/Grants.cs says what the API may do with each table.");
    }

    [Fact]
    public async Task Unchanged_grants_are_not_written_again()
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        var before = await TablesWrittenAsync();

        await using var services = own.Services();
        await services.GetRequiredService<DatabaseMigrator>().PrepareAsync(CancellationToken.None);
        var after = await TablesWrittenAsync();
        await own.Database.ExecuteAsync("REVOKE SELECT ON holds FROM bank_api");
        await services.GetRequiredService<DatabaseMigrator>().PrepareAsync(CancellationToken.None);

        after.ShouldBe(before);
        (await own.Database.ScalarAsync<bool>("SELECT has_table_privilege('bank_api', 'holds', 'SELECT')"))
            .ShouldBeTrue();

        Task<string> TablesWrittenAsync() => own.Database.ScalarAsync<string>(
            """
            SELECT string_agg(concat(pg_class.xmin, ' ', pg_attribute.xmin), ', ' ORDER BY relname, attnum)
            FROM pg_class
            JOIN pg_attribute ON attrelid = pg_class.oid
            WHERE relnamespace = 'public'::regnamespace
            """);
    }

    [Fact]
    public async Task Owner_without_superuser_rights_creates_and_grants_API_role()
    {
        var (role, owner) = ($"api_{Names.New()}", $"owner_{Names.New()}");
        await using var own = await IsolatedDatabase.CreateAsync(bank);
        await own.Database.ExecuteAsync(
            $"""
            CREATE ROLE {owner} LOGIN CREATEROLE PASSWORD '{Customer.Password}';
            GRANT CREATE ON SCHEMA public TO {owner};
            """);

        await using var process = await BankProcess.StartAsync(
            As(role, own.ConnectionString), As(owner, own.ConnectionString), []);
        var customer = await Customer.RegisterAsync(process.Address);
        var account = await customer.OpenAccountAsync(10m);

        await new RecordedLedger(own.Database).ShouldHoldAsync(account);
        process.Output.ShouldNotContain(Warning);
        (await process.StopAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Startup_without_CREATEROLE_prints_the_needed_SQL()
    {
        var (role, owner) = ($"api_{Names.New()}", $"owner_{Names.New()}");
        await using var own = await IsolatedDatabase.CreateAsync(bank);
        await own.Database.ExecuteAsync(
            $"""
            CREATE ROLE {owner} LOGIN PASSWORD '{Customer.Password}';
            GRANT CREATE ON SCHEMA public TO {owner};
            """);

        var failure = await Should.ThrowAsync<InvalidOperationException>(() => BankProcess.StartAsync(
            As(role, own.ConnectionString), As(owner, own.ConnectionString), []));

        failure.Message.ShouldContain("exit code 1 ");
        failure.Message.ShouldContain($"CREATE ROLE \"{role}\" LOGIN");
    }

    [Theory]
    [InlineData("")]
    [InlineData("the same")]
    public async Task Single_database_role_works_and_logs_one_warning(string owner)
    {
        await using var own = await IsolatedDatabase.CreateAsync(bank);

        await using var process = await BankProcess.StartAsync(
            own.ConnectionString, owner.Length == 0 ? "" : own.ConnectionString, []);
        using var http = HttpVersions.CreateClient(process.Address);
        using var ready = await http.GetAsync("/health/ready");

        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
        process.Output.Split('\n').Count(line => line.Contains(Warning)).ShouldBe(1);
    }

    [Fact]
    public async Task Revoked_grants_are_restored_at_the_next_start()
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await own.Database.ExecuteAsync("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM bank_api");

        await using var process = await BankProcess.StartAsync(own.ConnectionString);
        var customer = await Customer.RegisterAsync(process.Address);

        (await customer.OpenAccountAsync(1m)).ShouldBeGreaterThan(0);
    }

    static string As(string role, string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            Username = role,
            Password = Customer.Password,
        }.ConnectionString;
}

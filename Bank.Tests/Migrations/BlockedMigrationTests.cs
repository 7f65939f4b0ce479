using System.Net;
using Bank.Infrastructure.Data;
using Bank.Migrations;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Migrations;

/// <summary>A migration that has to wait makes nobody else wait.</summary>
[Trait("Speed", "Slow")]
public sealed class BlockedMigrationTests(BankServer bank)
{
    const string IsWaitingSql =
        """
        SELECT EXISTS (
            SELECT
            FROM pg_locks
            WHERE NOT granted AND relation = 'transactions'::regclass AND mode = 'AccessExclusiveLock')
        """;

    [Fact]
    public async Task Old_instance_serves_while_a_migration_waits_for_a_dump()
    {
        await using var own = await IsolatedDatabase.CreateAsync(bank);
        await using var old = await BankProcess.StartAsync(own.ConnectionString);
        var customer = await Customer.RegisterAsync(old.Address);
        var account = await customer.OpenAccountAsync(1m);
        await using var startup = new Startup(own);
        await startup.RevertAsync(own.Database, new KeepRefunds());
        await using var dump = await OpenAsync(own, "BEGIN; LOCK TABLE transactions IN ACCESS SHARE MODE");

        var migrating = startup.PrepareAsync();

        for (var tries = 0; tries < 3; tries++)
        {
            await Eventually.TrueAsync(
                () => own.Database.ScalarAsync<bool>(IsWaitingSql), "the migration waits for its lock");
            using var deposited = await customer.DepositAsync(account, 1m);
            deposited.StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        await Eventually.TrueAsync(
            () => startup.LogText.Contains($"(Keep refunds) waits for process {dump.ProcessID} of "),
            "the log says whom it waits for");
        startup.LogText.ShouldContain("(a dump, idle in transaction, for 00:00:");
        startup.LogText.ShouldContain("LOCK TABLE transactions IN ACCESS SHARE MODE");
        migrating.IsCompleted.ShouldBeFalse();
        await dump.CloseAsync();
        await migrating;
        (await new RecordedLedger(own.Database).SumAsync(account)).ShouldBe(4m);
        (await VersionAsync(own)).ShouldBe(SchemaMigrator.NewestVersion);
    }

    /// <summary>An index built beside the traffic waits for older snapshots; nobody waits for it.</summary>
    [Fact]
    public async Task Old_instance_serves_while_an_index_waits_for_a_dump()
    {
        await using var own = await IsolatedDatabase.CreateAsync(bank);
        await using var old = await BankProcess.StartAsync(own.ConnectionString);
        var customer = await Customer.RegisterAsync(old.Address);
        var account = await customer.OpenAccountAsync(1m);
        await using var startup = new Startup(own);
        await startup.RevertAsync(own.Database, RevertedMigrations.Bytes);
        await using var dump = await OpenAsync(
            own, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM idempotency_keys");

        var migrating = startup.PrepareAsync();
        await Eventually.TrueAsync(
            () => startup.LogText.Contains("(Index text by bytes) waits for process"), "the index waits");
        using var deposited = await customer.DepositAsync(account, 1m, key: "one");
        using var replayed = await customer.DepositAsync(account, 1m, key: "one");

        deposited.StatusCode.ShouldBe(HttpStatusCode.Created);
        replayed.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        migrating.IsCompleted.ShouldBeFalse();
        await dump.CloseAsync();
        await migrating;
        using var replayedAfter = await customer.DepositAsync(account, 1m, key: "one");
        replayedAfter.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        (await new RecordedLedger(own.Database).SumAsync(account)).ShouldBe(2m);
    }

    [Fact]
    public async Task Migration_runs_again_after_its_session_was_lost()
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await using var startup = new Startup(own);
        await startup.RevertAsync(own.Database, RevertedMigrations.Bytes);
        await using var dump = await OpenAsync(own, "BEGIN; LOCK TABLE users IN SHARE MODE");

        var migrating = startup.PrepareAsync();
        await Eventually.TrueAsync(
            () => startup.LogText.Contains($"waits for process {dump.ProcessID} of "), "it waits");
        (await TerminateMigrationAsync(own)).ShouldBe(1);
        await Eventually.TrueAsync(
            () => startup.LogText.Contains("The database is away"), "it lost its session");
        await dump.CloseAsync();
        await migrating;

        (await VersionAsync(own)).ShouldBe(SchemaMigrator.NewestVersion);
    }

    [Fact]
    public async Task Second_instance_waits_for_its_turn_and_says_for_whom()
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await using var first = new Startup(own);
        await first.RevertAsync(own.Database, RevertedMigrations.Bytes);
        await using var dump = await OpenAsync(
            own, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM users");
        await using var second = new Startup(own);

        var migrating = first.PrepareAsync();
        await Eventually.TrueAsync(
            () => first.LogText.Contains("waits for process"), "the first one migrates");
        var waiting = second.PrepareAsync();
        await Eventually.TrueAsync(
            () => second.LogText.Contains("which migrates the same schema"), "the second one waits");
        await dump.CloseAsync();
        await Task.WhenAll(migrating, waiting);

        second.LogText.ShouldNotContain("Migration");
    }

    static async Task<NpgsqlConnection> OpenAsync(IsolatedDatabase own, string sql)
    {
        var other = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(own.ConnectionString)
        {
            ApplicationName = "a dump",
            Pooling = false,
        }.ConnectionString);
        await other.OpenAsync();
        await using var command = new NpgsqlCommand(sql, other);
        await command.ExecuteNonQueryAsync();

        return other;
    }

    static Task<long> TerminateMigrationAsync(IsolatedDatabase own) => own.Database.ScalarAsync<long>(
        """
        SELECT count(pg_terminate_backend(pid))
        FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 2
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """);

    static Task<long> VersionAsync(IsolatedDatabase own) =>
        own.Database.ScalarAsync<long>("""SELECT max("Version") FROM "VersionInfo" """);
}

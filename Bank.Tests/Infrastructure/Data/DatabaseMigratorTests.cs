using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;
using Bank.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Bank.Tests.Infrastructure.Data;

public sealed class DatabaseMigratorTests(BankServer bank)
{
    [Fact]
    public async Task Concurrent_migrations_of_an_empty_database_all_succeed()
    {
        await using var own = await IsolatedDatabase.CreateAsync(bank);

        var servers = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => Task.Run(() => PrepareAsync(own))));

        servers.Distinct().ShouldHaveSingleItem().ShouldMatch(@"^\d+\.\d+$");
        var versions = await VersionsAsync(own);
        versions.ShouldBeUnique();
        versions.Max().ShouldBe(SchemaMigrator.NewestVersion);
    }

    [Fact]
    public async Task Migrating_a_current_database_changes_nothing()
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        var before = await VersionsAsync(own);

        await PrepareAsync(own);

        (await VersionsAsync(own)).ShouldBe(before);
    }

    [Fact]
    public async Task Start_with_MigrateOnStart_off_leaves_the_database_unchanged()
    {
        await using var own = await IsolatedDatabase.CreateAsync(bank);

        await PrepareAsync(own, new DatabaseOptions { MigrateOnStart = false });

        (await own.Database.ScalarAsync<long>(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")).ShouldBe(0);
    }

    [Fact]
    public async Task Missing_database_fails_at_once_and_is_named()
    {
        var missing = new NpgsqlConnectionStringBuilder(bank.ConnectionString) { Database = "there_is_none" };
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(new DatabaseOptions { StartTimeout = TimeSpan.FromMinutes(5) })
            .AddDatabase(missing.ConnectionString)
            .BuildServiceProvider();

        var refusal = await Should.ThrowAsync<StartupException>(
            () => services.GetRequiredService<DatabaseMigrator>().PrepareAsync(CancellationToken.None));

        refusal.Message.ShouldContain("there_is_none");
    }

    [Fact]
    public async Task Unreachable_server_fails_after_the_start_timeout()
    {
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(new DatabaseOptions { StartTimeout = TimeSpan.FromMilliseconds(300) })
            .AddDatabase("Host=127.0.0.1;Port=1;Username=bank;Database=bank")
            .BuildServiceProvider();

        await Should.ThrowAsync<StartupException>(
            () => services.GetRequiredService<DatabaseMigrator>().PrepareAsync(CancellationToken.None));
    }

    static async Task<string> PrepareAsync(IsolatedDatabase own, DatabaseOptions? options = null)
    {
        await using var services = own.Services(options);
        return await services.GetRequiredService<DatabaseMigrator>().PrepareAsync(CancellationToken.None);
    }

    static Task<long[]> VersionsAsync(IsolatedDatabase own) => own.Database.QueryAsync(
        """SELECT "Version" FROM "VersionInfo" ORDER BY "Version" """, row => row.GetInt64(0));
}

using Bank.Infrastructure.Data;
using Bank.Tests.Harness;
using FluentMigrator.Runner;
using Microsoft.Extensions.DependencyInjection;

namespace Bank.Tests.Migrations;

public sealed class MigrationTests(BankServer bank)
{
    /// <summary>All that a migration may make, but for the runner's own record of them.</summary>
    const string ObjectsSql =
        """
        SELECT 'relation ' || c.relname
        FROM pg_class AS c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT IN ('VersionInfo', 'UC_Version')
        UNION ALL
        SELECT 'function ' || proname
        FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
        UNION ALL
        SELECT 'trigger ' || tgname
        FROM pg_trigger
        WHERE NOT tgisinternal
        UNION ALL
        SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
          AND conrelid IS DISTINCT FROM to_regclass('public."VersionInfo"')
        ORDER BY 1
        """;

    [Fact]
    public async Task Every_migration_can_be_reverted_and_applied_again()
    {
        await using var own = await IsolatedDatabase.CreateAsync(bank);
        await using var services = own.Services();
        using var scope = services.CreateScope();
        var runner = scope.ServiceProvider.GetRequiredService<IMigrationRunner>();

        runner.MigrateUp();
        var made = await ObjectsAsync(own);
        runner.MigrateDown(0);
        var left = await ObjectsAsync(own);
        runner.MigrateUp();
        var madeAgain = await ObjectsAsync(own);

        made.ShouldContain("relation transactions");
        made.ShouldContain("trigger transactions_are_append_only");
        left.ShouldBeEmpty();
        madeAgain.ShouldBe(made);
        (await own.Database.ScalarAsync<long>("""SELECT max("Version") FROM "VersionInfo" """))
            .ShouldBe(SchemaMigrator.NewestVersion);
    }

    static Task<string[]> ObjectsAsync(IsolatedDatabase own) =>
        own.Database.QueryAsync(ObjectsSql, row => row.GetString(0));
}

using Bank.Tests.Harness;
using FluentMigrator.Runner;
using Microsoft.Extensions.DependencyInjection;

namespace Bank.Tests.Migrations;

/// <summary>Text that decides something is compared by its bytes, whatever the locale is.</summary>
public sealed class SortOrderTests(BankServer bank)
{
    const string LocaleDependentSql =
        """
        SELECT format('%s of %s', indexrelid::regclass, indrelid::regclass)
        FROM pg_index
        JOIN pg_class ON pg_class.oid = indrelid
        CROSS JOIN unnest(indcollation) AS used (collation_id)
        WHERE relnamespace = 'public'::regnamespace AND collation_id <> 0
          AND collation_id <> '"C"'::regcollation
        """;

    [Fact]
    public async Task No_index_depends_on_the_locale()
    {
        var indexes = await bank.Database.QueryAsync(LocaleDependentSql, row => row.GetString(0));

        indexes.ShouldBeEmpty();
        (await bank.Database.ScalarAsync<long>(
            "SELECT count(*) FROM pg_attribute WHERE attcollation = '\"C\"'::regcollation "
            + "AND attrelid IN ('users'::regclass, 'idempotency_keys'::regclass)")).ShouldBe(2);
    }

    /// <summary>Keys and names that a locale sorts unlike bytes, while others are written.</summary>
    [Fact]
    public async Task Compared_texts_are_converted_while_others_are_written()
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await using var startup = new Startup(own);
        Revert(startup);
        await own.Database.ExecuteAsync(
            """
            INSERT INTO users (username, password_hash)
            SELECT prefix || number, ''
            FROM unnest(ARRAY['ab-', 'aB', 'Ab_']) AS prefix, generate_series(1, 300) AS number;
            INSERT INTO idempotency_keys (user_id, key, fingerprint, outcome, trace_id, created_at)
            SELECT 1, username, '', '', '', now() FROM users;
            """);
        var before = await FileAsync(own);
        using var end = new CancellationTokenSource();
        var writing = WriteAsync(own, end.Token);

        await startup.PrepareAsync();
        await end.CancelAsync();
        var written = await writing;

        (await own.Database.ScalarAsync<long>("SELECT count(*) FROM idempotency_keys"))
            .ShouldBe(900 + written);
        (await FileAsync(own)).ShouldBe(before, "no table was written again");
        (await own.Database.ShouldRefuseAsync(
            "INSERT INTO users (username, password_hash) VALUES ('aB7', '')")).ConstraintName
            .ShouldBe("users_username_key");
        (await own.Database.ShouldRefuseAsync(
            "INSERT INTO idempotency_keys SELECT * FROM idempotency_keys LIMIT 1")).ConstraintName
            .ShouldBe("idempotency_keys_pkey");
    }

    [Fact]
    public async Task Duplicate_key_of_a_changed_locale_is_reported_in_one_line()
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await using var startup = new Startup(own);
        Revert(startup);
        await own.Database.ExecuteAsync(
            """
            ALTER TABLE users DROP CONSTRAINT users_username_key;
            INSERT INTO users (username, password_hash) VALUES ('ada', ''), ('ada', '');
            """);

        var refusal = await Should.ThrowAsync<Bank.Infrastructure.Configuration.StartupException>(
            startup.PrepareAsync);

        refusal.Message.ShouldContain("dotnet Bank.dll verify lists them");
        refusal.Message.ShouldContain("23505");
        refusal.Message.ShouldNotContain("\n");
    }

    static void Revert(Startup startup)
    {
        using var scope = startup.Services.CreateScope();
        scope.ServiceProvider.GetRequiredService<IMigrationRunner>().MigrateDown(202611250010);
    }

    static Task<string> FileAsync(IsolatedDatabase own) => own.Database.ScalarAsync<string>(
        "SELECT concat(pg_relation_filenode('users'), ' ', pg_relation_filenode('idempotency_keys'))");

    /// <summary>Writes keys until it is cancelled, and returns how many.</summary>
    static async Task<long> WriteAsync(IsolatedDatabase own, CancellationToken ct)
    {
        var count = 0L;

        while (!ct.IsCancellationRequested)
        {
            count += await own.Database.ExecuteAsync(
                "INSERT INTO idempotency_keys (user_id, key, fingerprint, outcome, trace_id, created_at) "
                + "VALUES (1, $1, '', '', '', now())", $"new-{count}");
        }

        return count;
    }
}

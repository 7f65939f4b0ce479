using System.Text.Json;
using Bank.Infrastructure.Idempotency;
using Bank.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Bank.Tests.Infrastructure.Idempotency;

public sealed class ExpiredKeysTests(BankServer bank)
{
    const string FillSql =
        """
        INSERT INTO users (username, password_hash) VALUES ('owner', '');
        INSERT INTO idempotency_keys (user_id, key, fingerprint, outcome, trace_id, created_at)
        SELECT users.id, age || '-' || number, '', 'insufficient_funds', '', now() - age * interval '1 day'
        FROM users, unnest(ARRAY[0, 29, 31, 400]) AS age, generate_series(1, 5000) AS number;
        """;

    [Fact]
    public async Task Only_expired_keys_are_removed()
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await own.Database.ExecuteAsync(FillSql);

        (await RemoveAsync(own)).ShouldBe(10000);

        (await AgesAsync(own)).ShouldBe(["0 5000", "29 5000"]);
    }

    [Theory]
    [InlineData(10, "0 5000", "29 5000")]
    [InlineData(-10, "0 5000", "29 5000", "31 5000", "400 5000")]
    public async Task Wrong_clock_of_an_instance_removes_no_key_early(int yearsAhead, params string[] kept)
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await own.Database.ExecuteAsync(FillSql);

        await RemoveAsync(own, yearsAhead);

        (await AgesAsync(own)).ShouldBe(kept);
    }

    [Fact]
    public async Task Only_one_instance_at_a_time_removes_expired_keys()
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await own.Database.ExecuteAsync(FillSql);
        await using var other = await own.Database.OpenConnectionAsync();
        await using var turn = new NpgsqlCommand(
            $"SELECT pg_advisory_lock({ExpiredKeysQuery.Turn}, 'idempotency_keys'::regclass::oid::int)",
            other);
        await turn.ExecuteNonQueryAsync();

        (await RemoveAsync(own)).ShouldBe(0);

        (await AgesAsync(own)).Length.ShouldBe(4);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Running_API_removes_expired_idempotency_keys()
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await own.Database.ExecuteAsync(FillSql);

        await using var process = await BankProcess.StartAsync(
            own.ConnectionString, "Idempotency:KeepFor=300.00:00:00");

        await Eventually.TrueAsync(
            async () => (await AgesAsync(own)).Length == 3, "the oldest keys are gone");
        (await AgesAsync(own)).ShouldBe(["0 5000", "29 5000", "31 5000"]);
    }

    [Fact]
    public async Task Removal_of_expired_keys_reads_only_its_pages()
    {
        const string Sql = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "
            + "SELECT remove_expired_keys(0, 2, '2000-01-01', 1)";
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await own.Database.ExecuteAsync(FillSql);
        await using var connection = await own.Database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(Sql, connection);

        // The first call also reads the catalogs.
        await command.ExecuteScalarAsync();
        var plan = JsonDocument.Parse((string)(await command.ExecuteScalarAsync())!).RootElement[0]
            .GetProperty("Plan");

        (plan.GetProperty("Shared Hit Blocks").GetInt64() + plan.GetProperty("Shared Read Blocks").GetInt64())
            .ShouldBeInRange(2, 20);
    }

    static async Task<long> RemoveAsync(IsolatedDatabase own, int yearsAhead = 0)
    {
        await using var services = own.Services();
        using var keys = new ExpiredKeys(
            services.GetRequiredService<IServiceScopeFactory>(), new IdempotencyOptions(),
            new ShiftedTime(TimeSpan.FromDays(365 * yearsAhead)), NullLogger<ExpiredKeys>.Instance);

        return await keys.RemoveAsync(CancellationToken.None);
    }

    static Task<string[]> AgesAsync(IsolatedDatabase own) => own.Database.QueryAsync(
        """
        SELECT split_part(key, '-', 1) || ' ' || count(*)
        FROM idempotency_keys
        GROUP BY split_part(key, '-', 1)
        ORDER BY split_part(key, '-', 1)::int
        """,
        row => row.GetString(0));
}

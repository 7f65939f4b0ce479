using System.Diagnostics;
using System.Globalization;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.DevelopmentDatabase;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Infrastructure.DevelopmentDatabase;

[Trait("Speed", "Slow")]
public sealed class LocalPostgresTests : IDisposable
{
    readonly string directory = Directory.CreateTempSubdirectory("bank-local-").FullName;

    string Data => Path.Combine(directory, "pg");

    [Fact]
    public async Task Failed_PostgreSQL_start_reports_cause_and_remedy()
    {
        await using (await LocalPostgres.StartAsync(Data))
        {
        }

        await File.WriteAllTextAsync(Path.Combine(Data, "PG_VERSION"), "9.6");
        var refusal = await Should.ThrowAsync<StartupException>(() => LocalPostgres.StartAsync(Data));

        var lines = refusal.Message.Split('\n');
        lines.Length.ShouldBe(2);
        lines[0].ShouldContain("initialized by PostgreSQL version 9.6");
        lines[1].ShouldBe($"The rest is in {Data}/server.log; without {Data} it starts afresh.");
    }

    [Fact]
    public async Task Data_directory_in_use_by_another_process_is_refused()
    {
        await using var first = await LocalPostgres.StartAsync(Data);

        var refusal = await Should.ThrowAsync<StartupException>(() => LocalPostgres.StartAsync(Data));

        refusal.Message.ShouldContain($"{Data} is in use by another Bank that runs.");
    }

    [Fact]
    public async Task Data_directory_that_cannot_be_written_is_named_with_the_remedy()
    {
        // Nobody, not even root, can create a file there.
        const string ReadOnly = "/proc/bank/pg";

        var refusal = await Should.ThrowAsync<StartupException>(() => LocalPostgres.StartAsync(ReadOnly));

        refusal.Message.ShouldStartWith($"{ReadOnly} cannot be written: ");
        refusal.Message.ShouldEndWith(
            "Make it writable for this user, or set ConnectionStrings__Bank to a database.");
        refusal.Message.ShouldNotContain("another Bank");
    }

    [Fact]
    public async Task Local_PostgreSQL_is_configured_for_a_small_WAL()
    {
        await using var server = await LocalPostgres.StartAsync(Data);
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);

        (await database.ScalarAsync<string>("SHOW max_wal_size")).ShouldBe("4GB");
        (await database.ScalarAsync<string>("SHOW checkpoint_timeout")).ShouldBe("15min");
        await Eventually.TrueAsync(
            () => database.ScalarAsync<bool>(
                """
                SELECT setting = CASE WHEN 'lz4' = ANY (enumvals) THEN 'lz4' ELSE 'off' END
                FROM pg_settings
                WHERE name = 'wal_compression'
                """),
            "it is compressed where the programs can do it");
    }

    [Fact]
    public async Task Server_whose_data_was_deleted_is_ended_all_the_same()
    {
        var server = await LocalPostgres.StartAsync(Data);
        var id = int.Parse(
            File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);
        using var process = Process.GetProcessById(id);

        Directory.Delete(Data, recursive: true);
        await server.DisposeAsync();

        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Unusable_data_directory_is_named_in_the_error()
    {
        await File.WriteAllTextAsync(Data, "in the way");

        var refusal = await Should.ThrowAsync<StartupException>(
            () => LocalPostgres.StartAsync(Path.Combine(Data, "below")));

        refusal.Message.ShouldContain(Data);
        refusal.Message.ShouldNotContain("Exception");
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);
}

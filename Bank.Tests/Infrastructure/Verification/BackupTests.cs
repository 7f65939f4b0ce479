using System.Diagnostics;
using Bank.Infrastructure.DevelopmentDatabase;
using Bank.Infrastructure.Verification;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Infrastructure.Verification;

/// <summary>What PostgreSQL's own programs save and bring back is the whole ledger.</summary>
[Trait("Speed", "Slow")]
public sealed class BackupTests
{
    [Fact]
    public async Task Ledger_verifies_after_dump_and_point_in_time_restore()
    {
        Assert.SkipUnless(File.Exists(Program("pg_basebackup")) && File.Exists(Program("pg_dump")),
            "The server programs at hand lack pg_dump and pg_basebackup.");
        var directory = Directory.CreateTempSubdirectory("bank-backup-").FullName;
        var archive = Directory.CreateDirectory(Path.Combine(directory, "wal")).FullName;

        // For root the server runs as somebody else.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(archive, (UnixFileMode)0b111_111_111);

        await using (var server = await LocalPostgres.StartAsync(
            Path.Combine(directory, "pg"), "archive_mode=on", $"archive_command='cp %p {archive}/%f'"))
        await using (var database = NpgsqlDataSource.Create(server.ConnectionString))
        {
            var moment = await UseAsync(server.ConnectionString, database, directory);
            await RestoreDumpAsync(server.ConnectionString, database, directory);
            await ArchiveAsync(database);
            await RestoreToAsync(moment, directory, archive);
        }

        Directory.Delete(directory, recursive: true);
    }

    /// <summary>
    /// Posts one transaction, copies the server's files, posts another, and after the moment that it answers
    /// one more.
    /// </summary>
    static async Task<string> UseAsync(string owner, NpgsqlDataSource database, string directory)
    {
        await using var process = await BankProcess.StartAsync(owner);
        var customer = await Customer.RegisterAsync(process.Address);
        var account = await customer.OpenAccountAsync(10m);

        await RunAsync(
            "pg_basebackup", owner, "-D", Path.Combine(directory, "copy"), "-c", "fast", "-X", "none");
        (await customer.DepositAsync(account, 20m)).Dispose();
        var moment = await database.ScalarAsync<string>("SELECT clock_timestamp()::text");
        (await customer.DepositAsync(account, 40m)).Dispose();

        return moment;
    }

    static async Task RestoreDumpAsync(string owner, NpgsqlDataSource database, string directory)
    {
        var dump = Path.Combine(directory, "dump");
        await RunAsync("pg_dump", owner, "-d", "bank", "-F", "c", "-f", dump);
        await database.ExecuteAsync("CREATE DATABASE restored");
        await RunAsync("pg_restore", owner, "-d", "restored", "--exit-on-error", dump);

        await ShouldAddUpAsync(
            new NpgsqlConnectionStringBuilder(owner) { Database = "restored", Pooling = false }
                .ConnectionString,
            "3 transactions of 1 accounts");
    }

    static async Task ArchiveAsync(NpgsqlDataSource database)
    {
        var last = await database.ScalarAsync<string>("SELECT pg_walfile_name(pg_switch_wal())");
        await Eventually.TrueAsync(
            () => database.ScalarAsync<bool>(
                "SELECT coalesce(last_archived_wal >= $1, false) FROM pg_stat_archiver", last),
            "the log is archived");
    }

    static async Task RestoreToAsync(string moment, string directory, string archive)
    {
        var copy = Path.Combine(directory, "copy");
        File.Delete(Path.Combine(copy, ".s.PGSQL.5432.lock"));
        await File.WriteAllTextAsync(Path.Combine(copy, "recovery.signal"), "");
        await File.AppendAllTextAsync(
            Path.Combine(copy, "postgresql.auto.conf"),
            $"""

            restore_command = 'cp {archive}/%f %p'
            recovery_target_time = '{moment}'
            recovery_target_action = 'promote'

            """);

        await using var restored = await LocalPostgres.StartAsync(copy);
        await using var database = NpgsqlDataSource.Create(restored.ConnectionString);
        await Eventually.TrueAsync(
            () => database.ScalarAsync<bool>("SELECT NOT pg_is_in_recovery()"), "the moment is reached");

        await ShouldAddUpAsync(restored.ApiConnectionString, "2 transactions of 1 accounts");
    }

    static async Task ShouldAddUpAsync(string connectionString, string size)
    {
        var output = new StringWriter();

        (await LedgerVerifier.RunAsync(connectionString, output)).ShouldBe(0, output.ToString());

        output.ToString().ShouldContain(size);
    }

    static async Task RunAsync(string program, string owner, params string[] arguments)
    {
        var settings = new NpgsqlConnectionStringBuilder(owner);
        using var process = Process.Start(new ProcessStartInfo(
            Program(program), ["-h", settings.Host!, "-U", settings.Username!, .. arguments])
        {
            RedirectStandardError = true,
        })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        process.ExitCode.ShouldBe(0, error);
    }

    /// <summary>A program beside the server's own, which may be but linked to from the PATH.</summary>
    static string Program(string name)
    {
        var server = new FileInfo(Path.Combine(PostgresBinaries.Find() ?? "", "pg_ctl"));
        return Path.Combine(
            Path.GetDirectoryName((server.ResolveLinkTarget(true) ?? server).FullName)!, name);
    }
}

using System.Diagnostics;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.DevelopmentDatabase;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Faults;

/// <summary>An isolated PostgreSQL that a test can crash and recover.</summary>
sealed class CrashingPostgres : IAsyncDisposable
{
    readonly string directory;
    readonly LocalPostgres server;

    CrashingPostgres(string directory, LocalPostgres server)
    {
        this.directory = directory;
        this.server = server;
        Database = NpgsqlDataSource.Create(server.ConnectionString);
    }

    public string ConnectionString => server.ConnectionString;

    public NpgsqlDataSource Database { get; }

    /// <summary>The number of crash recoveries.</summary>
    public int Recoveries => File.ReadLines(Path.Combine(Data(directory), "server.log"))
        .Count(line => line.Contains("automatic recovery in progress", StringComparison.Ordinal));

    public static async Task<CrashingPostgres> StartAsync()
    {
        var directory = Directory.CreateTempSubdirectory("bank-crash-").FullName;
        return new CrashingPostgres(directory, await LocalPostgres.StartAsync(Data(directory)));
    }

    /// <summary>Kills every process of the server, as a power cut would, and starts it again.</summary>
    public async Task CrashAsync()
    {
        var processes = await Database.QueryAsync("SELECT pid FROM pg_stat_activity", row => row.GetInt32(0));
        server.Kill();

        foreach (var id in processes)
            Kill(id);

        await Eventually.TrueAsync(async () => !await AnswersAsync(), "the server is gone");

        // In a container without an init process the dead server stays a zombie, and the next one would take
        // it for alive.
        File.Delete(Path.Combine(Data(directory), "postmaster.pid"));
        File.Delete(Path.Combine(Data(directory), ".s.PGSQL.5432.lock"));

        await Eventually.TrueAsync(TryStartAsync, "the next server starts");
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await server.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    async Task<bool> AnswersAsync()
    {
        try
        {
            return await Database.ScalarAsync<bool>("SELECT true");
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    async Task<bool> TryStartAsync()
    {
        try
        {
            await server.StartAsync();
            return true;
        }
        catch (Exception early) when (early is StartupException or NpgsqlException)
        {
            return false;
        }
    }

    static string Data(string directory) => Path.Combine(directory, "pg");

    static void Kill(int process)
    {
        try
        {
            Process.GetProcessById(process).Kill();
        }
        catch (ArgumentException)
        {
            // It ended together with the server.
        }
    }
}

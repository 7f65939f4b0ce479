using Bank.Infrastructure.DevelopmentDatabase;
using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>
/// One server of a <see cref="ReplicatedPostgres"/>, from the local server programs, that can be stopped,
/// killed, frozen, and made a standby of another.
/// </summary>
sealed class PostgresNode(string directory, string name)
{
    const string Superuser = "bank";
    const int Port = 5432;

    /// <summary>
    /// Made for servers that end and start again and again: only the machine's end could lose what was not
    /// flushed, a standby asks again at once, and a primary keeps what one that was away needs.
    /// </summary>
    const string Settings =
        """

        fsync = off
        listen_addresses = ''
        max_connections = 120
        shared_buffers = 32MB
        synchronous_standby_names = '*'
        wal_keep_size = 256MB
        wal_retrieve_retry_interval = 100ms
        """;

    /// <summary>
    /// Where all the programs are, or null; in PATH there may be links to those of a server alone.
    /// </summary>
    public static string? Binaries { get; } = new[] { PostgresBinaries.Find() ?? "", LinkedFrom(PostgresBinaries.Find()) }
        .FirstOrDefault(found => File.Exists(Path.Combine(found, "pg_basebackup")));

    readonly PostgresProcess programs = PostgresProcess.For(
        Binaries ?? throw new InvalidOperationException("pg_basebackup is missing."), Path.Combine(directory, name));

    /// <summary>The directory of its data and of its socket, which is its host name.</summary>
    public string Host { get; } = Path.Combine(directory, name);

    public bool IsRunning { get; private set; }

    /// <summary>How to connect to a database of it, without a pool that a fault would spoil.</summary>
    public string ConnectionString(string database = "postgres") => new NpgsqlConnectionStringBuilder
    {
        Host = Host,
        Username = Superuser,
        Database = database,
        Pooling = false,
        Timeout = 5,
    }.ConnectionString;

    /// <summary>Runs a statement on its maintenance database, or on another one.</summary>
    public async Task<T> ScalarAsync<T>(string sql, string database = "postgres")
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString(database));
        return await source.ScalarAsync<T>(sql);
    }

    public async Task ExecuteAsync(string sql, string database = "postgres")
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString(database));
        await source.ExecuteAsync(sql);
    }

    /// <summary>Begins a cluster of its own.</summary>
    public async Task CreateAsync()
    {
        await programs.RunAsync(
            "initdb", "-D", Host, "-U", Superuser, "-A", "trust", "-E", "UTF8", "--locale=C", "-N");
        await File.AppendAllTextAsync(Path.Combine(Host, "postgresql.conf"), Settings);
        await StartAsync();
    }

    /// <summary>Becomes a standby of another, with a copy of all it has; what it had itself is gone.</summary>
    public async Task FollowAsync(PostgresNode primary)
    {
        Kill();
        Clear();
        await programs.RunAsync(
            "pg_basebackup", "-d", $"host={primary.Host} user={Superuser} application_name={name}", "-D", Host,
            "-R", "-N", "-c", "fast");
        ServerProcesses.Forget(Host, Host, Port);
        await StartAsync();
    }

    public async Task StartAsync()
    {
        await programs.RunAsync(
            "pg_ctl", "-D", Host, "-l", Path.Combine(Host, "server.log"), "-w", "-s",
            "-o", $"-c unix_socket_directories={Host}", "start");
        IsRunning = true;
    }

    /// <summary>Stops it in order.</summary>
    public async Task StopAsync()
    {
        await programs.RunAsync("pg_ctl", "-D", Host, "-m", "fast", "-w", "-s", "stop");
        IsRunning = false;
    }

    public Task PromoteAsync() => programs.RunAsync("pg_ctl", "-D", Host, "-w", "-s", "promote");

    /// <summary>Stops to receive what its primary writes; the primary notices like a cut line.</summary>
    public Task UnfollowAsync() => SetAsync("primary_conninfo", "");

    /// <summary>Whether its commits wait until a standby has them.</summary>
    public Task WaitForStandbyAsync(bool wait) => SetAsync("synchronous_standby_names", wait ? "*" : "");

    async Task SetAsync(string setting, string value)
    {
        await ExecuteAsync($"ALTER SYSTEM SET {setting} = '{value}'");
        await ScalarAsync<bool>("SELECT pg_reload_conf()");
    }

    /// <summary>Stops every process of it where it is, as a machine that hangs does.</summary>
    public void Freeze() => ServerProcesses.Signal(Host, "STOP");

    public void Thaw() => ServerProcesses.Signal(Host, "CONT");

    /// <summary>Ends every process of it without a word, as a power cut does.</summary>
    public void Kill()
    {
        if (!IsRunning)
            return;

        ServerProcesses.Signal(Host, "KILL");
        IsRunning = false;
        ServerProcesses.Forget(Host, Host, Port);
    }

    static string LinkedFrom(string? directory)
    {
        var program = Path.Combine(directory ?? "", "initdb");

        return File.Exists(program) && File.ResolveLinkTarget(program, returnFinalTarget: true) is { } target
            ? Path.GetDirectoryName(target.FullName)!
            : "";
    }

    void Clear()
    {
        foreach (var file in new DirectoryInfo(Host).EnumerateFiles())
            file.Delete();

        foreach (var directory in new DirectoryInfo(Host).EnumerateDirectories())
            directory.Delete(recursive: true);
    }
}

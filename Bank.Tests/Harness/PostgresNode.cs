using Bank.Infrastructure.DevelopmentDatabase;
using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>
/// A server of a <see cref="ReplicatedPostgres"/>, run by the local programs. A test can stop, kill and
/// freeze it, and make it the standby of another.
/// </summary>
sealed class PostgresNode(string directory, string name)
{
    const string Superuser = "bank";
    const int Port = 5432;

    /// <summary>
    /// Settings for frequent restarts: no fsync, which only a crash of the machine would need; a standby
    /// reconnects at once; a primary keeps the WAL that an absent standby needs.
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
    /// The directory of all the programs, or null. PATH may have links to only some of them.
    /// </summary>
    public static string? Binaries { get; } =
        new[] { PostgresBinaries.Find() ?? "", LinkedFrom(PostgresBinaries.Find()) }
        .FirstOrDefault(found => File.Exists(Path.Combine(found, "pg_basebackup")));

    readonly PostgresProcess programs = PostgresProcess.For(
        Binaries ?? throw new InvalidOperationException("pg_basebackup is missing."),
        Path.Combine(directory, name));

    /// <summary>The directory of its data and its socket; also its host name.</summary>
    public string Host { get; } = Path.Combine(directory, name);

    public bool IsRunning { get; private set; }

    /// <summary>
    /// The connection string to a database, without a pool, whose connections a fault would break.
    /// </summary>
    public string ConnectionString(string database = "postgres") => new NpgsqlConnectionStringBuilder
    {
        Host = Host,
        Username = Superuser,
        Database = database,
        Pooling = false,
        Timeout = 5,
    }.ConnectionString;

    /// <summary>Runs a query on its maintenance database, or on another one.</summary>
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

    /// <summary>Creates a new cluster.</summary>
    public async Task CreateAsync()
    {
        await programs.RunAsync(
            "initdb", "-D", Host, "-U", Superuser, "-A", "trust", "-E", "UTF8", "--locale=C", "-N");
        await File.AppendAllTextAsync(Path.Combine(Host, "postgresql.conf"), Settings);
        await StartAsync();
    }

    /// <summary>Becomes a standby of another server: its data is replaced by a copy.</summary>
    public async Task FollowAsync(PostgresNode primary)
    {
        Kill();
        Clear();
        await programs.RunAsync(
            "pg_basebackup", "-D", Host,
            "-d", $"host={primary.Host} user={Superuser} application_name={name}",
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

    /// <summary>Shuts the server down.</summary>
    public async Task StopAsync()
    {
        await programs.RunAsync("pg_ctl", "-D", Host, "-m", "fast", "-w", "-s", "stop");
        IsRunning = false;
    }

    public Task PromoteAsync() => programs.RunAsync("pg_ctl", "-D", Host, "-w", "-s", "promote");

    /// <summary>Stops replication; to the primary it looks like a lost connection.</summary>
    public Task UnfollowAsync() => SetAsync("primary_conninfo", "");

    /// <summary>Sets whether commits wait for a standby.</summary>
    public Task WaitForStandbyAsync(bool wait) => SetAsync("synchronous_standby_names", wait ? "*" : "");

    async Task SetAsync(string setting, string value)
    {
        await ExecuteAsync($"ALTER SYSTEM SET {setting} = '{value}'");
        await ScalarAsync<bool>("SELECT pg_reload_conf()");
    }

    /// <summary>Freezes every process of the server, as a hanging machine does.</summary>
    public void Freeze() => ServerProcesses.Signal(Host, "STOP");

    public void Thaw() => ServerProcesses.Signal(Host, "CONT");

    /// <summary>Kills every process of the server, as a power failure does.</summary>
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

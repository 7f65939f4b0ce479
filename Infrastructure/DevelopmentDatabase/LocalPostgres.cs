using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Bank.Infrastructure.Configuration;
using Npgsql;

namespace Bank.Infrastructure.DevelopmentDatabase;

/// <summary>
/// A PostgreSQL server for development and tests: it keeps its data in a directory, listens on a Unix socket
/// that only this user can open, and stops with the process that started it. Its settings are as durable as
/// those of a real server, so that commits survive even a crash of the machine.
/// </summary>
sealed class LocalPostgres : IAsyncDisposable
{
    const string Superuser = "bank";
    const string ApiRole = "bank_api";
    const string Database = "bank";

    /// <summary>The path of a Unix socket may have about a hundred bytes, on every system.</summary>
    const int MaxSocketDirectoryLength = 80;

    /// <summary>
    /// Rare checkpoints: after each one, the first change of a page writes the whole page to the log.
    /// </summary>
    static readonly string[] Checkpoints = ["max_wal_size=4GB", "checkpoint_timeout=15min"];

    /// <summary>The errors of a file that another process has open: Linux, macOS, Windows.</summary>
    static readonly int[] FileInUseErrors = [11, 35, unchecked((int)0x80070020)];

    readonly string data;
    readonly string socketDirectory;
    readonly PostgresProcess programs;
    readonly FileStream lockFile;
    int processId;

    LocalPostgres(string data, string socketDirectory, PostgresProcess programs, FileStream lockFile)
    {
        this.data = data;
        this.socketDirectory = socketDirectory;
        this.programs = programs;
        this.lockFile = lockFile;
    }

    /// <summary>How the owner connects.</summary>
    public string ConnectionString => ConnectAs(Superuser);

    /// <summary>How the API connects; migrations create its role.</summary>
    public string ApiConnectionString => ConnectAs(ApiRole);

    /// <summary>Starts a server on a data directory, which is created if it is missing.</summary>
    /// <param name="data">The directory.</param>
    /// <param name="settings">Additional server settings, such as <c>max_connections=200</c>.</param>
    /// <exception cref="StartupException">
    /// There are no server programs, or the server does not start; the message says what to do.
    /// </exception>
    public static async Task<LocalPostgres> StartAsync(string data, params IReadOnlyList<string> settings)
    {
        var binaries = await PostgresBinaries.FindOrFetchAsync();
        data = Path.GetFullPath(data);
        var lockFile = Lock(data);
        var programs = PostgresProcess.For(binaries, data);

        if (!File.Exists(Path.Combine(data, "PG_VERSION")))
            await programs.RunAsync(
                "initdb", "-D", data, "-U", Superuser, "-A", "trust", "-E", "UTF8", "--locale=C");

        var sockets = SocketDirectoryOfRunning(data) ?? NewSocketDirectory(data, programs);
        var server = new LocalPostgres(data, sockets, programs, lockFile);
        await server.StartAsync(settings);

        return server;
    }

    /// <summary>Ends the server as a power cut would; for fault tests.</summary>
    public void Kill() => Process.GetProcessById(processId).Kill();

    /// <summary>Starts the server again after <see cref="Kill"/>.</summary>
    public async Task StartAsync(params IReadOnlyList<string> settings)
    {
        if (!Accepts(socketDirectory))
        {
            string[] options =
            [
                "listen_addresses=", $"unix_socket_directories={socketDirectory}",
                .. Checkpoints, .. settings,
            ];
            await StartServerAsync(string.Join(' ', options.Select(option => $"-c {option}")));
        }

        processId = ReadProcessId();
        await PrepareAsync();
    }

    /// <exception cref="StartupException">The server has ended again.</exception>
    int ReadProcessId()
    {
        try
        {
            return int.Parse(File.ReadLines(ProcessIdFile).First(), CultureInfo.InvariantCulture);
        }
        catch (FileNotFoundException gone)
        {
            throw new StartupException($"The PostgreSQL in {data} ended while it started.", gone);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(ProcessIdFile))
            await programs.RunAsync("pg_ctl", "-D", data, "-m", "fast", "-w", "-s", "stop");
        else
            EndWithoutData();

        await lockFile.DisposeAsync();
    }

    /// <summary>
    /// Ends a server whose data directory was deleted, which <c>pg_ctl</c> cannot find. There is nothing left
    /// to lose.
    /// </summary>
    void EndWithoutData()
    {
        try
        {
            using var server = Process.GetProcessById(processId);

            if (server.ProcessName.StartsWith("postgres", StringComparison.Ordinal))
                server.Kill();
        }
        catch (Exception ended) when (ended is ArgumentException or InvalidOperationException)
        {
            // A server that misses its lock file ends by itself within a minute.
        }
    }

    /// <exception cref="StartupException">It does not start; the message has the end of its log.</exception>
    async Task StartServerAsync(string options)
    {
        var log = Path.Combine(data, "server.log");

        try
        {
            await programs.RunAsync("pg_ctl", "-D", data, "-l", log, "-w", "-s", "-o", options, "start");
        }
        catch (StartupException failure)
        {
            var end = File.Exists(log) ? string.Join(' ', File.ReadLines(log).TakeLast(2)) : failure.Message;
            throw new StartupException(
                $"PostgreSQL does not start: {end}\nThe rest is in {log}; without {data} it starts afresh.",
                failure);
        }
    }

    string ConnectAs(string role) => new NpgsqlConnectionStringBuilder
    {
        Host = socketDirectory,
        Username = role,
        Database = Database,
        MaxPoolSize = 50,
    }.ConnectionString;

    string ProcessIdFile => Path.Combine(data, "postmaster.pid");

    /// <summary>
    /// Whether a server listens there. The process id in a file proves nothing: another process may have it
    /// by now.
    /// </summary>
    static bool Accepts(string socketDirectory)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(Path.Combine(socketDirectory, ".s.PGSQL.5432")));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>
    /// Locks the data for the one process that serves from it and finally stops the server.
    /// </summary>
    static FileStream Lock(string data)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(data)!);

            return new FileStream(
                $"{data}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException inUse) when (FileInUseErrors.Contains(inUse.HResult))
        {
            throw new StartupException(
                $"{data} is in use by another Bank that runs. Stop that one, or set ConnectionStrings__Bank "
                + "to a database.", inUse);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"{data} cannot be written: {failure.Message} Make it writable for this user, or set "
                + "ConnectionStrings__Bank to a database.", failure);
        }
    }

    /// <summary>
    /// The socket's directory (the fifth line of postmaster.pid) of a server that still runs because the
    /// process that started it was killed.
    /// </summary>
    static string? SocketDirectoryOfRunning(string data)
    {
        var file = Path.Combine(data, "postmaster.pid");
        var directory = File.Exists(file) ? File.ReadLines(file).ElementAtOrDefault(4) : null;

        return directory is { Length: > 0 } && Accepts(directory) ? directory : null;
    }

    /// <summary>
    /// The data directory, unless its path is too long or would need quotes in the options.
    /// </summary>
    static string NewSocketDirectory(string data, PostgresProcess programs)
    {
        if (data.Length <= MaxSocketDirectoryLength
            && data.All(character => char.IsAsciiLetterOrDigit(character) || "/._-".Contains(character)))
            return data;

        var directory = Directory.CreateTempSubdirectory("bank-").FullName;
        programs.Chown(directory);
        return directory;
    }

    /// <summary>
    /// Creates the database, and compresses pages in the log with lz4 if the programs support it.
    /// </summary>
    async Task PrepareAsync()
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            Database = "postgres",
            Pooling = false,
        };
        await using var server = NpgsqlDataSource.Create(settings);

        if (await ExistsAsync(
            "pg_settings WHERE name = 'wal_compression' AND 'lz4' = ANY (enumvals) AND setting <> 'lz4'"))
        {
            await RunAsync("ALTER SYSTEM SET wal_compression = lz4");
            await RunAsync("SELECT pg_reload_conf()");
        }

        if (!await ExistsAsync($"pg_database WHERE datname = '{Database}'"))
            await RunAsync($"CREATE DATABASE {Database}");

        async Task<bool> ExistsAsync(string rows) => await RunAsync($"SELECT 1 FROM {rows}") is not null;

        async Task<object?> RunAsync(string sql)
        {
            await using var command = server.CreateCommand(sql);
            return await command.ExecuteScalarAsync();
        }
    }
}

using System.Diagnostics;
using System.Net.Sockets;
using Bank.Infrastructure.Configuration;
using Npgsql;

namespace Bank.Infrastructure.DevelopmentDatabase;

/// <summary>
/// A PostgreSQL server of one's own, for development and tests: its data in a directory, reached over a Unix
/// socket that only this user may use, stopped with whoever started it. What was committed stays when even
/// the machine stops: it runs with the durable settings of a real one.
/// </summary>
sealed class LocalPostgres : IAsyncDisposable
{
    const string Superuser = "bank";
    const string ApiRole = "bank_api";
    const string Database = "bank";

    /// <summary>
    /// Checkpoints far apart: after each, the first change of a page writes all of it to the log.
    /// </summary>
    static readonly string[] Checkpoints = ["max_wal_size=4GB", "checkpoint_timeout=15min"];

    /// <summary>A Unix socket's path may have at most about a hundred bytes, on every system.</summary>
    const int LongestSocketDirectory = 80;

    readonly string data;
    readonly string socketDirectory;
    readonly PostgresProcess programs;
    readonly FileStream ownership;

    LocalPostgres(string data, string socketDirectory, PostgresProcess programs, FileStream ownership)
    {
        this.data = data;
        this.socketDirectory = socketDirectory;
        this.programs = programs;
        this.ownership = ownership;
    }

    /// <summary>How to connect to it as its owner.</summary>
    public string ConnectionString => ConnectAs(Superuser);

    /// <summary>How the API connects to it, as a role that migrations make.</summary>
    public string ApiConnectionString => ConnectAs(ApiRole);

    /// <summary>Starts a server on a data directory, which is made when it is not there yet.</summary>
    /// <param name="data">The directory.</param>
    /// <param name="settings">
    /// Server settings beyond the defaults, such as <c>max_connections=200</c>.
    /// </param>
    /// <exception cref="StartupException">
    /// There are no server programs, or the server does not start; the message says what to do.
    /// </exception>
    public static async Task<LocalPostgres> StartAsync(string data, params IReadOnlyList<string> settings)
    {
        var binaries = await PostgresBinaries.FindOrFetchAsync();
        data = Path.GetFullPath(data);
        var ownership = Own(data);
        var programs = PostgresProcess.For(binaries, data);

        if (!File.Exists(Path.Combine(data, "PG_VERSION")))
            await programs.RunAsync(
                "initdb", "-D", data, "-U", Superuser, "-A", "trust", "-E", "UTF8", "--locale=C");

        var sockets = SocketDirectoryOfRunning(data) ?? NewSocketDirectory(data, programs);
        var server = new LocalPostgres(data, sockets, programs, ownership);
        await server.StartAsync(settings);

        return server;
    }

    /// <summary>
    /// Stops the server at once and without a word, as a power cut would; for tests of such faults.
    /// </summary>
    public void Kill() => Process.GetProcessById(ProcessId).Kill();

    /// <summary>Starts the server again after <see cref="Kill"/>.</summary>
    public async Task StartAsync(params IReadOnlyList<string> settings)
    {
        if (!IsRunning)
        {
            string[] options =
                ["listen_addresses=", $"unix_socket_directories={socketDirectory}", .. Checkpoints, .. settings];
            await StartServerAsync(string.Join(' ', options.Select(option => $"-c {option}")));
        }

        await PrepareAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await programs.RunAsync("pg_ctl", "-D", data, "-m", "fast", "-w", "-s", "stop");
        await ownership.DisposeAsync();
    }

    /// <exception cref="StartupException">It does not start; the message has the end of its log.</exception>
    async Task StartServerAsync(string options)
    {
        var log = Path.Combine(data, "server.log");

        try
        {
            await programs.RunAsync("pg_ctl", "-D", data, "-l", log, "-w", "-s", "-o", options, "start");
        }
        catch (StartupException failed)
        {
            var end = File.Exists(log) ? string.Join(' ', File.ReadLines(log).TakeLast(2)) : failed.Message;
            throw new StartupException(
                $"PostgreSQL does not start: {end}\nThe rest is in {log}; without {data} it starts afresh.",
                failed);
        }
    }

    string ConnectAs(string role) => new NpgsqlConnectionStringBuilder
    {
        Host = socketDirectory,
        Username = role,
        Database = Database,
        MaxPoolSize = 50,
    }.ConnectionString;

    int ProcessId => int.Parse(
        File.ReadLines(Path.Combine(data, "postmaster.pid")).First(),
        System.Globalization.CultureInfo.InvariantCulture);

    bool IsRunning => Accepts(socketDirectory);

    /// <summary>
    /// Whether a server listens there. A process id in a file would not tell: it may be anyone's by now.
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

    /// <summary>Takes the lock of whoever serves from the data and stops the server in the end.</summary>
    static FileStream Own(string data)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(data)!);

            return new FileStream(
                $"{data}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception taken) when (taken is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"{data} belongs to another Bank that runs, or to another user. "
                + "Stop that one, or set ConnectionStrings__Bank to a database.", taken);
        }
    }

    /// <summary>
    /// The socket's directory, the fifth line of postmaster.pid, of a server that still runs because whoever
    /// started it was killed.
    /// </summary>
    static string? SocketDirectoryOfRunning(string data)
    {
        var file = Path.Combine(data, "postmaster.pid");
        var directory = File.Exists(file) ? File.ReadLines(file).ElementAtOrDefault(4) : null;

        return directory is { Length: > 0 } && Accepts(directory) ? directory : null;
    }

    /// <summary>
    /// The data directory itself, unless its path is too long or would have to be quoted on the way.
    /// </summary>
    static string NewSocketDirectory(string data, PostgresProcess programs)
    {
        if (data.Length <= LongestSocketDirectory && data.All(IsPlain))
            return data;

        var directory = Directory.CreateTempSubdirectory("bank-").FullName;
        programs.Own(directory);
        return directory;
    }

    static bool IsPlain(char character) => char.IsAsciiLetterOrDigit(character) || "/._-".Contains(character);

    /// <summary>Makes the database, and compresses pages in the log where the programs can do it cheaply.</summary>
    async Task PrepareAsync()
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            Database = "postgres",
            Pooling = false,
        };
        await using var server = NpgsqlDataSource.Create(settings);

        if (await HasAsync(
            "pg_settings WHERE name = 'wal_compression' AND 'lz4' = ANY (enumvals) AND setting <> 'lz4'"))
        {
            await RunAsync("ALTER SYSTEM SET wal_compression = lz4");
            await RunAsync("SELECT pg_reload_conf()");
        }

        if (!await HasAsync($"pg_database WHERE datname = '{Database}'"))
            await RunAsync($"CREATE DATABASE {Database}");

        async Task<bool> HasAsync(string rows)
        {
            await using var find = server.CreateCommand($"SELECT 1 FROM {rows}");
            return await find.ExecuteScalarAsync() is not null;
        }

        async Task RunAsync(string sql)
        {
            await using var command = server.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }
}

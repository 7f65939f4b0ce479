using System.Diagnostics;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>
/// A PostgreSQL server of one's own, for development and tests: its data in a directory, reached over a Unix
/// socket that only this user may use, stopped with whoever started it. What was committed stays when even
/// the machine stops: it runs with the durable settings of a real one.
/// </summary>
sealed class LocalPostgres : IAsyncDisposable
{
    const string Superuser = "bank";
    const string Database = "bank";

    /// <summary>A Unix socket's path may have at most about a hundred bytes, on every system.</summary>
    const int LongestSocketDirectory = 80;

    readonly string data;
    readonly string socketDirectory;
    readonly UnprivilegedPrograms programs;
    readonly FileStream? ownership;

    LocalPostgres(string data, string socketDirectory, UnprivilegedPrograms programs, FileStream? ownership)
    {
        this.data = data;
        this.socketDirectory = socketDirectory;
        this.programs = programs;
        this.ownership = ownership;
    }

    /// <summary>How to connect to it.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = socketDirectory,
        Username = Superuser,
        Database = Database,
        MaxPoolSize = 50,
    }.ConnectionString;

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
        var binaries = PostgresBinaries.Find() ?? throw new StartupException(PostgresBinaries.Missing);
        data = Path.GetFullPath(data);
        Directory.CreateDirectory(Path.GetDirectoryName(data)!);

        var ownership = TryOwn(data);
        var programs = UnprivilegedPrograms.For(binaries, data);

        if (!File.Exists(Path.Combine(data, "PG_VERSION")))
            await programs.RunAsync(
                "initdb", "-D", data, "-U", Superuser, "-A", "trust", "-E", "UTF8", "--locale=C");

        var sockets = SocketDirectoryOf(data) ?? NewSocketDirectory(data, programs);
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
                ["listen_addresses=", $"unix_socket_directories={socketDirectory}", .. settings];
            await programs.RunAsync(
                "pg_ctl", "-D", data, "-l", Path.Combine(data, "server.log"), "-w", "-s",
                "-o", string.Join(' ', options.Select(option => $"-c {option}")), "start");
        }

        await EnsureDatabaseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // Another process that was there first still serves from it.
        if (ownership is null)
            return;

        await programs.RunAsync("pg_ctl", "-D", data, "-m", "fast", "-w", "-s", "stop");
        await ownership.DisposeAsync();
    }

    int ProcessId => int.Parse(
        File.ReadLines(Path.Combine(data, "postmaster.pid")).First(),
        System.Globalization.CultureInfo.InvariantCulture);

    bool IsRunning
    {
        get
        {
            try
            {
                return File.Exists(Path.Combine(data, "postmaster.pid"))
                    && !Process.GetProcessById(ProcessId).HasExited;
            }
            catch (ArgumentException)
            {
                // The process id that a killed server left behind belongs to nobody.
                return false;
            }
        }
    }

    /// <summary>Who holds the lock stops the server; null when someone else does.</summary>
    static FileStream? TryOwn(string data)
    {
        try
        {
            return new FileStream(
                $"{data}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>
    /// The socket's directory of a server that runs already, as its fifth line in postmaster.pid says.
    /// </summary>
    static string? SocketDirectoryOf(string data)
    {
        var file = Path.Combine(data, "postmaster.pid");
        return File.Exists(file) ? File.ReadLines(file).ElementAtOrDefault(4) : null;
    }

    static string NewSocketDirectory(string data, UnprivilegedPrograms programs)
    {
        if (data.Length <= LongestSocketDirectory)
            return data;

        var directory = Directory.CreateTempSubdirectory("bank-").FullName;
        programs.Own(directory);
        return directory;
    }

    async Task EnsureDatabaseAsync()
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            Database = "postgres",
            Pooling = false,
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var find = new NpgsqlCommand(
            $"SELECT 1 FROM pg_database WHERE datname = '{Database}'", connection);

        if (await find.ExecuteScalarAsync() is not null)
            return;

        await using var create = new NpgsqlCommand($"CREATE DATABASE {Database}", connection);
        await create.ExecuteNonQueryAsync();
    }
}

using System.Globalization;
using System.Text;
using Bank.Infrastructure.DevelopmentDatabase;
using Npgsql;
using static BCrypt.Net.BCrypt;

namespace Bank.Benchmarks;

/// <summary>
/// A PostgreSQL with durable settings for the benchmark alone, and the accounts that it moves money between.
/// </summary>
sealed class BenchmarkLedger : IAsyncDisposable
{
    public const int FewAccounts = 10_000;

    /// <summary>What a benchmark says at its end if <see cref="HoldsAsync"/>.</summary>
    public const string Exact =
        "The ledger holds exactly the transfers that were answered 201, and every balance adds up.";

    /// <summary>What it says if not.</summary>
    public const string Inexact = "THE LEDGER DOES NOT HOLD WHAT WAS ANSWERED.";

    /// <summary>In cents.</summary>
    public const long Opening = 100_000_000;

    /// <summary>So many that none of them reaches the requests a second that a user has by default.</summary>
    public const int Users = 50;
    const int WorkFactor = 12;
    const int WarmUpSeconds = 10;
    const string Password = "a password of the benchmark";

    static readonly string[] DurableSettings =
    [
        "fsync=on", "synchronous_commit=on", "max_connections=200", "shared_buffers=1GB",
        "max_wal_size=8GB", "checkpoint_timeout=30min",
    ];

    readonly string directory;
    readonly string[] settings;
    readonly bool isKept;
    LocalPostgres postgres;

    BenchmarkLedger(
        LocalPostgres postgres, string directory, string[] settings, int accounts, bool isKept = false)
    {
        this.postgres = postgres;
        this.directory = directory;
        this.settings = settings;
        this.isKept = isKept;
        Accounts = accounts;
    }

    public string ConnectionString => postgres.ConnectionString;

    /// <summary>Processor time used so far by all processes of the server.</summary>
    public TimeSpan ProcessorTime => ProcessorTimes.OfFamily(int.Parse(
        File.ReadLines(Path.Combine(directory, "postgres", "postmaster.pid")).First(),
        CultureInfo.InvariantCulture));

    /// <summary>How many accounts it has; their ids begin with 1.</summary>
    public int Accounts { get; }

    /// <summary>
    /// One Authorization header for each user; account n belongs to user (n - 1) modulo their count.
    /// </summary>
    public static IReadOnlyList<string> Authorizations { get; } =
        [.. Enumerable.Range(1, Users).Select(Authorization)];

    /// <summary>The Authorization header of the owner of an account.</summary>
    public static string AuthorizationOf(int account) => Authorizations[(account - 1) % Users];

    /// <param name="accounts">How many accounts it is to have.</param>
    /// <param name="others">Settings of the server that go before those of every benchmark.</param>
    public static async Task<BenchmarkLedger> StartAsync(int accounts = FewAccounts, params string[] others)
    {
        var directory = Directory.CreateTempSubdirectory("bank-benchmark-").FullName;
        string[] settings = [.. DurableSettings, .. others];

        return new BenchmarkLedger(
            await StartPostgresAsync(directory, settings), directory, settings, accounts);
    }

    /// <summary>The same in a directory that is kept.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="accounts">How many accounts it has, or is to have.</param>
    /// <param name="others">Settings of the server that go before those of every benchmark.</param>
    public static async Task<BenchmarkLedger> StartInAsync(
        string directory, int accounts, params string[] others)
    {
        Directory.CreateDirectory(directory);
        string[] settings = [.. DurableSettings, .. others];

        return new BenchmarkLedger(
            await StartPostgresAsync(directory, settings), directory, settings, accounts, isKept: true);
    }

    /// <summary>
    /// Stops the server, which writes a checkpoint, and starts it with nothing in its memory, nor in the
    /// system's where one is root.
    /// </summary>
    public async Task RestartColdAsync()
    {
        await postgres.DisposeAsync();
        NpgsqlConnection.ClearAllPools();

        if (Environment.IsPrivilegedProcess)
            await File.WriteAllTextAsync("/proc/sys/vm/drop_caches", "3");

        postgres = await StartPostgresAsync(directory, settings);
    }

    /// <summary>
    /// Registers the users, each with the same number of accounts, and pays <see cref="Opening"/> into every
    /// account.
    /// </summary>
    public async Task SeedAsync()
    {
        await RegisterAsync();
        await ExecuteAsync(
            $"""
            INSERT INTO accounts (user_id, balance)
            SELECT 1 + (n - 1) % {Users}, {Opening}
            FROM generate_series(1, {Accounts}) AS n;
            """);
        await ExecuteAsync("VACUUM ANALYZE");
        await ExecuteAsync("CHECKPOINT");
    }

    /// <summary>Registers the users.</summary>
    public Task RegisterAsync() => ExecuteAsync(
        $"""
        INSERT INTO users (username, password_hash)
        SELECT 'user-' || n, '{EnhancedHashPassword(Password, WorkFactor)}'
        FROM generate_series(1, {Users}) AS n;
        """);

    /// <summary>Drives the API with wrk, and looks at what that cost it and did to the ledger.</summary>
    public Task<ApiRun> MeasureAsync(
        ApiProcess api, string target, int connections, int seconds, int first = 1, int? last = null,
        int warmUpSeconds = WarmUpSeconds) => MeasureAsync(
        api, seconds,
        time => Wrk.RunAsync(api.Address, target, connections, time, first, last ?? Accounts),
        warmUpSeconds);

    /// <summary>
    /// Measures a load, right after the same load on the same process: a process that has just started, or
    /// was idle, is slower.
    /// </summary>
    /// <param name="api">The API that is driven.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="drive">Drives it for so many seconds.</param>
    /// <param name="warmUpSeconds">How long the load runs before.</param>
    public async Task<ApiRun> MeasureAsync(
        ApiProcess api, int seconds, Func<int, Task<WrkResult>> drive, int warmUpSeconds = WarmUpSeconds)
    {
        if (warmUpSeconds > 0)
            await drive(warmUpSeconds);

        var since = Guid.CreateVersion7();
        var (ofApi, ofPostgres) = (api.ProcessorTime, ProcessorTime);
        var result = await drive(seconds);
        (ofApi, ofPostgres) = (api.ProcessorTime - ofApi, ProcessorTime - ofPostgres);
        var length = TimeSpan.FromSeconds(seconds);
        var (transactions, statements) = await CountSinceAsync(since);

        return new ApiRun(
            result, transactions, statements, ofApi / length, ofPostgres / length, api.ResidentMegabytes);
    }

    /// <summary>
    /// Whether every account holds what was paid in and what its transactions made of it, and counts them.
    /// </summary>
    /// <param name="first">The first account that is looked at, up to <see cref="Accounts"/>.</param>
    public Task<bool> HoldsAsync(int first = 1) => QueryScalarAsync<bool>(
        $"""
        SELECT NOT EXISTS (
            SELECT FROM accounts
            LEFT JOIN (
                SELECT account_id, sum(change) AS change, count(*) AS transactions
                FROM transactions
                CROSS JOIN LATERAL (
                    VALUES (from_account_id, -amount), (to_account_id, amount)
                ) AS side (account_id, change)
                GROUP BY account_id
            ) AS moved ON moved.account_id = accounts.id
            WHERE accounts.id BETWEEN {first} AND {Accounts}
                AND (balance <> {Opening} + coalesce(change, 0) OR version <> coalesce(transactions, 0)))
        """);

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await Steps.ShowAsync($"preparing {Accounts:N0} accounts", command.ExecuteNonQueryAsync());
    }

    /// <summary>The one value that a query answers.</summary>
    public async Task<T> QueryScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };

        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await postgres.DisposeAsync();

        if (!isKept)
            Directory.Delete(directory, recursive: true);
    }

    /// <summary>
    /// How many transactions there are with ids from this one on, and how many statements posted them.
    /// </summary>
    async Task<(long Transactions, long Statements)> CountSinceAsync(Guid id)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT count(*), count(DISTINCT xmin::text) FROM transactions WHERE id >= $1", connection)
        { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();

        return (row.GetInt64(0), row.GetInt64(1));
    }

    static string Authorization(int user) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"user-{user}:{Password}"));

    static Task<LocalPostgres> StartPostgresAsync(string directory, string[] settings) =>
        LocalPostgres.StartAsync(Path.Combine(directory, "postgres"), settings);
}

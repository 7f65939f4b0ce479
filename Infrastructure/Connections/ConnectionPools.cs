using System.Diagnostics;
using Npgsql;

namespace Bank.Infrastructure.Connections;

/// <summary>
/// The connections to the database: two pools for each host. Money has a small pool of its own, so that
/// readers never take its last connection. Two instances of the API fit into PostgreSQL's default of 100
/// connections. Of several hosts, the primary is served from; <see cref="PrimaryMonitor"/> finds it.
/// </summary>
sealed class ConnectionPools : IAsyncDisposable
{
    readonly DatabaseOptions options;
    readonly SessionCheck sessions;
    volatile DatabaseHost? current;

    public ConnectionPools(string connectionString, DatabaseOptions options, SessionCheck sessions)
    {
        this.options = options;
        this.sessions = sessions;
        var hosts = new NpgsqlConnectionStringBuilder(connectionString).Host!
            .Split(',', StringSplitOptions.TrimEntries);
        Hosts =
        [
            .. hosts.Select(host => new DatabaseHost(
                host,
                (use, connections, timeout, lockTimeout) => Create(
                    hosts.Length == 1 ? use : $"{use} of {host}",
                    WithSchema(ForHost(connectionString, host), Schema), connections, timeout, lockTimeout),
                options)),
        ];
        current = Hosts.Count == 1 ? Hosts[0] : null;
    }

    public IReadOnlyList<DatabaseHost> Hosts { get; }

    /// <summary>The maximum number of connections of all pools.</summary>
    public int MaxConnections => Hosts.Count
        * (options.LedgerConnections + options.GeneralConnections + DatabaseHost.ProbeConnections);

    /// <summary>
    /// The schema that every session searches, which start-up sets before anybody is served; null for what
    /// the role, the database and the environment say.
    /// </summary>
    public string? Schema { get; set; }

    /// <summary>
    /// The host that is served from; null while none of several is known to be the primary.
    /// </summary>
    public DatabaseHost? CurrentOrNone => current;

    /// <summary>The host that is served from.</summary>
    /// <exception cref="NpgsqlException">None of several hosts is known to be the primary.</exception>
    public DatabaseHost Current => current
        ?? throw new NpgsqlException(
            $"None of the hosts {string.Join(", ", Hosts.Select(host => host.Name))} "
            + "is known to be the primary.");

    /// <summary>The money connections of the current host.</summary>
    public NpgsqlDataSource Ledger => Current.Ledger;

    /// <summary>The other connections of the current host.</summary>
    public NpgsqlDataSource General => Current.General;

    public bool IsCurrent(DatabaseHost host) => current == host;

    /// <summary>Serves from another host, or from none for now.</summary>
    public void SwitchTo(DatabaseHost? host)
    {
        var previous = current;
        host?.Activate();
        current = host;
        previous?.Deactivate();
    }

    /// <summary>The connection string with the current host only, if it lists several.</summary>
    public string ForCurrentHost(string connectionString)
    {
        var host = new NpgsqlConnectionStringBuilder(connectionString).Host!;

        return ForHost(connectionString, host.Contains(',') ? Current.Name : host);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Hosts)
            await host.DisposeAsync();
    }

    /// <summary>
    /// The connection string for one host; the driver, which knows only that one, makes no choice.
    /// </summary>
    public static string ForHost(string connectionString, string host) =>
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = host,
            TargetSessionAttributes = null,
            LoadBalanceHosts = false,
        }.ConnectionString;

    /// <summary>The connection string whose sessions search one schema alone; null changes nothing.</summary>
    public static string WithSchema(string connectionString, string? schema) => schema is null
        ? connectionString
        : new NpgsqlConnectionStringBuilder(connectionString)
        {
            SearchPath = new NpgsqlCommandBuilder().QuoteIdentifier(schema),
        }.ConnectionString;

    /// <summary>
    /// Queries outside a request, such as those of background services, would each be a trace.
    /// </summary>
    static bool IsTraced => Activity.Current is { Recorded: true };

    /// <summary>
    /// Queries are prepared once and planned once: planning a money query takes longer than running it, and
    /// PostgreSQL would plan it again for every array. A query that times out breaks its connection at once
    /// (<c>CancellationTimeout</c> -1), since the outcome of a cancellation would be as unknown. Nothing
    /// changes an open session's settings, so nothing is reset.
    /// </summary>
    NpgsqlDataSource Create(
        string name, string connectionString, int connections, TimeSpan commandTimeout, TimeSpan lockTimeout)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        settings.ApplicationName ??= "bank";
        settings.MaxPoolSize = connections;
        settings.MaxAutoPrepare = 64;
        settings.AutoPrepareMinUsages = 2;
        settings.NoResetOnClose = true;
        settings.PersistSecurityInfo = false;
        settings.CancellationTimeout = -1;
        settings.Timeout = (int)options.ConnectTimeout.TotalSeconds;
        settings.CommandTimeout = (int)commandTimeout.TotalSeconds;
        SessionSettings.ApplyTo(settings, options);

        // The pool's metrics carry this name; without it they would show the connection string.
        return new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = name }
            .UsePhysicalConnectionInitializer(
                _ => throw new NotSupportedException("Connections are opened asynchronously."),
                connection => InitializeAsync(connection, lockTimeout))
            .ConfigureTracing(traces => traces
                .ConfigureCommandFilter(_ => IsTraced).EnablePhysicalOpenTracing(false))
            .Build();
    }

    async Task InitializeAsync(NpgsqlConnection connection, TimeSpan lockTimeout)
    {
        await sessions.CheckAsync(connection);

        if (lockTimeout != options.LockTimeout)
            await connection.ScalarAsync<string>(
                "SELECT set_config('lock_timeout', $1, false)", default,
                $"{lockTimeout.TotalMilliseconds:F0}");
    }
}

using System.Diagnostics;
using Npgsql;

namespace Bank.Infrastructure.Connections;

/// <summary>
/// The connections to the database, in two pools a host: money has a small one of its own, so that whoever
/// reads can never take the last connection from it. Two instances of the API fit into PostgreSQL's default of
/// 100. Of several hosts, the one is served from that <see cref="PrimaryMonitor"/> says.
/// </summary>
sealed class ConnectionPools : IAsyncDisposable
{
    readonly DatabaseOptions options;
    volatile DatabaseHost? current;

    public ConnectionPools(string connectionString, DatabaseOptions options)
    {
        this.options = options;
        var hosts = new NpgsqlConnectionStringBuilder(connectionString).Host!
            .Split(',', StringSplitOptions.TrimEntries);
        Hosts =
        [
            .. hosts.Select(host => new DatabaseHost(
                host,
                (use, connections, timeout) => Create(
                    hosts.Length == 1 ? use : $"{use} of {host}", At(connectionString, host), connections, timeout),
                options)),
        ];
        current = Hosts.Count == 1 ? Hosts[0] : null;
    }

    public IReadOnlyList<DatabaseHost> Hosts { get; }

    /// <summary>The host that is served from; null if none of several is known to be the primary.</summary>
    public DatabaseHost? CurrentOrNone => current;

    /// <summary>The host that is served from.</summary>
    /// <exception cref="NpgsqlException">Of several, none is known to be the primary.</exception>
    public DatabaseHost Current => current
        ?? throw new NpgsqlException(
            $"None of the hosts {string.Join(", ", Hosts.Select(host => host.Name))} is known to be the primary.");

    /// <summary>The money connections of the host that is served from.</summary>
    public NpgsqlDataSource Ledger => Current.Ledger;

    /// <summary>The other connections of the host that is served from.</summary>
    public NpgsqlDataSource General => Current.General;

    /// <summary>Whether this host is the one that is served from.</summary>
    public bool IsCurrent(DatabaseHost host) => current == host;

    /// <summary>Serves from another host, or from none for now.</summary>
    public void MoveTo(DatabaseHost? host)
    {
        var left = current;
        host?.Enter();
        current = host;
        left?.Leave();
    }

    /// <summary>A connection string with the host that is served from, if it lists several.</summary>
    public string OnCurrent(string connectionString)
    {
        var host = new NpgsqlConnectionStringBuilder(connectionString).Host!;

        return At(connectionString, host.Contains(',') ? Current.Name : host);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Hosts)
            await host.DisposeAsync();
    }

    /// <summary>What runs for no request, such as the waiting for changes, would be a trace of its own.</summary>
    static bool IsTraced => Activity.Current is { Recorded: true };

    /// <summary>Which of several hosts to take is decided here and not by the driver, which knows it of one only.</summary>
    public static string At(string connectionString, string host) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        Host = host,
        TargetSessionAttributes = null,
        LoadBalanceHosts = false,
    }.ConnectionString;

    /// <summary>
    /// Statements are prepared once and planned once: planning the money statements takes longer than running
    /// them, and PostgreSQL would plan them anew for every array it is given. A timed-out statement breaks its
    /// connection at once instead of waiting for a cancellation whose outcome would be as unknown. Nothing ever
    /// changes a session, so nothing is reset.
    /// </summary>
    NpgsqlDataSource Create(string name, string connectionString, int connections, TimeSpan commandTimeout)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        settings.ApplicationName ??= "bank";
        settings.MaxPoolSize = connections;
        settings.MaxAutoPrepare = 64;
        settings.AutoPrepareMinUsages = 2;
        settings.NoResetOnClose = true;
        settings.PersistSecurityInfo = false;
        settings.CancellationTimeout = -1;
        settings.Timeout = Math.Max(1, (int)(options.CommitTimeout.TotalSeconds / 4));
        settings.CommandTimeout = (int)commandTimeout.TotalSeconds;
        settings.Options = string.Join(
            ' ', settings.Options, "-c plan_cache_mode=force_generic_plan", "-c jit=off",
            $"-c statement_timeout={options.StatementTimeout.TotalMilliseconds:F0}",
            $"-c lock_timeout={options.LockTimeout.TotalMilliseconds:F0}").Trim();

        // The name is what the pool's metrics call it, which would show the connection string otherwise.
        return new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = name }
            .CheckSessions()
            .ConfigureTracing(traces => traces.ConfigureCommandFilter(_ => IsTraced).EnablePhysicalOpenTracing(false))
            .Build();
    }
}

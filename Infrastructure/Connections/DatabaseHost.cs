using System.Data;
using Npgsql;

namespace Bank.Infrastructure.Connections;

/// <summary>
/// One host of the database, and its connection pools. Each pool is created when it is first used, because
/// start-up has to find the schema of the tables before.
/// </summary>
/// <param name="name">The host's name in the connection string.</param>
/// <param name="create">
/// Creates a pool by its use, its size, the time that its queries may take and the time that they may wait
/// for a lock.
/// </param>
/// <param name="options">The sizes of the pools.</param>
sealed class DatabaseHost(
    string name, Func<string, int, TimeSpan, TimeSpan, NpgsqlDataSource> create, DatabaseOptions options)
    : IAsyncDisposable
{
    /// <summary>One, and spare ones while earlier probes wait for a frozen host.</summary>
    public const int ProbeConnections = 4;

    static readonly TimeSpan AcceptTimeout = TimeSpan.FromSeconds(1);

    readonly Lazy<NpgsqlDataSource> ledger =
        new(() => create("ledger", options.LedgerConnections, TimeSpan.Zero, options.LedgerLockTimeout));

    readonly Lazy<NpgsqlDataSource> general =
        new(() => create("reads", options.GeneralConnections, options.StatementTimeout, options.LockTimeout));

    readonly Lazy<NpgsqlDataSource> probe =
        new(() => create("probe", ProbeConnections, options.StatementTimeout, options.LockTimeout));

    CancellationTokenSource? activation;

    /// <summary>Where callers wait for one of the general connections while the server is full.</summary>
    public ConnectionQueue GeneralQueue { get; } = new(
        () => IsAcceptedAsync(create, options), options.GeneralConnections, options.ConnectTimeout,
        TimeProvider.System);

    public string Name { get; } = name;

    /// <summary>
    /// For money. It has no command timeout, because the driver would cancel the query, and a cancelled wait
    /// for a standby is reported as a success; the caller stops waiting instead.
    /// </summary>
    public NpgsqlDataSource Ledger => ledger.Value;

    /// <summary>For everything but money. Metrics call this pool <c>reads</c>.</summary>
    public NpgsqlDataSource General => general.Value;

    /// <summary>For asking whether the host is the primary, however busy the other pools are.</summary>
    public NpgsqlDataSource Probe => probe.Value;

    /// <summary>
    /// Cancelled when another host becomes the primary, so that nobody keeps waiting for this one. With one
    /// host it never is.
    /// </summary>
    public CancellationToken Deactivated => activation?.Token ?? CancellationToken.None;

    /// <summary>Opens one of the <see cref="General"/> connections.</summary>
    public async Task<NpgsqlConnection> OpenGeneralAsync(CancellationToken ct)
    {
        var connection = General.CreateConnection();
        var isCounted = await GeneralQueue.OpenAsync(connection.OpenAsync, ct);
        connection.StateChange += (_, change) =>
        {
            if (change.CurrentState is ConnectionState.Closed)
                GeneralQueue.Return(isCounted);
        };

        return connection;
    }

    /// <summary>Whether the server accepts a connection that no pool has.</summary>
    static async Task<bool> IsAcceptedAsync(
        Func<string, int, TimeSpan, TimeSpan, NpgsqlDataSource> create, DatabaseOptions options)
    {
        await using var pool = create("spare", 1, AcceptTimeout, options.LockTimeout);

        try
        {
            await using var connection = await pool.OpenConnectionAsync();
            return true;
        }
        catch (Exception)
        {
            // Whatever the reason, there is no further connection now; the server is asked again.
            return false;
        }
    }

    /// <summary>Begins to serve from this host.</summary>
    public void Activate() => activation = new CancellationTokenSource();

    /// <summary>
    /// Stops serving from this host: cancels the waits for it and closes its connections.
    /// </summary>
    public void Deactivate()
    {
        // Not on this thread: on cancellation the driver may write to a host that no longer reads.
        _ = activation?.CancelAsync();
        Renew();
    }

    /// <summary>
    /// Replaces its connections by new ones, which have the current settings of the role and the database.
    /// </summary>
    public void Renew()
    {
        Created(ledger)?.Clear();
        Created(general)?.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pool in new[] { ledger, general, probe })
        {
            if (Created(pool) is { } created)
                await created.DisposeAsync();
        }
    }

    static NpgsqlDataSource? Created(Lazy<NpgsqlDataSource> pool) =>
        pool.IsValueCreated ? pool.Value : null;
}

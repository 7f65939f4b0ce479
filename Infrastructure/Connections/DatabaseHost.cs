using Npgsql;

namespace Bank.Infrastructure.Connections;

/// <summary>One host of the database, and its connection pools.</summary>
/// <param name="name">The host's name in the connection string.</param>
/// <param name="create">Creates a pool by its use, its size and the time that its queries may take.</param>
/// <param name="options">The sizes of the pools.</param>
sealed class DatabaseHost(
    string name, Func<string, int, TimeSpan, NpgsqlDataSource> create, DatabaseOptions options)
    : IAsyncDisposable
{
    /// <summary>One, and spare ones while earlier probes wait for a frozen host.</summary>
    const int ProbeConnections = 4;

    CancellationTokenSource? activation;

    public string Name { get; } = name;

    /// <summary>
    /// For money. It has no command timeout, because the driver would cancel the query, and a cancelled wait
    /// for a standby is reported as a success; the caller stops waiting instead.
    /// </summary>
    public NpgsqlDataSource Ledger { get; } = create("ledger", options.LedgerConnections, TimeSpan.Zero);

    /// <summary>For everything but money. Metrics call this pool <c>reads</c>.</summary>
    public NpgsqlDataSource General { get; } =
        create("reads", options.GeneralConnections, options.StatementTimeout);

    /// <summary>For asking whether the host is the primary, however busy the other pools are.</summary>
    public NpgsqlDataSource Probe { get; } = create("probe", ProbeConnections, options.StatementTimeout);

    /// <summary>
    /// Cancelled when another host becomes the primary, so that nobody goes on waiting for this one. With one
    /// host it never is.
    /// </summary>
    public CancellationToken Deactivated => activation?.Token ?? CancellationToken.None;

    /// <summary>Begins to serve from this host.</summary>
    public void Activate() => activation = new CancellationTokenSource();

    /// <summary>
    /// Stops serving from this host: cancels whoever waits for it and closes its connections.
    /// </summary>
    public void Deactivate()
    {
        // Not on this thread: on cancellation the driver may write to a host that no longer reads.
        _ = activation?.CancelAsync();
        Ledger.Clear();
        General.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        await General.DisposeAsync();
        await Probe.DisposeAsync();
    }
}

using Npgsql;

namespace Bank.Infrastructure.Connections;

/// <summary>One host of the database, and the pools of connections to it.</summary>
/// <param name="name">As the connection string has it.</param>
/// <param name="create">Makes a pool for a use, of so many connections, whose statements may take so long.</param>
/// <param name="options">How large the pools are.</param>
sealed class DatabaseHost(
    string name, Func<string, int, TimeSpan, NpgsqlDataSource> create, DatabaseOptions options) : IAsyncDisposable
{
    /// <summary>One, and others while those before wait for a host that is frozen.</summary>
    const int ProbeConnections = 4;

    CancellationTokenSource? term;

    public string Name { get; } = name;

    /// <summary>
    /// For money. A statement that takes too long is left to itself by who sent it: the driver's own time-out
    /// would cancel it, and a cancelled wait for a standby is reported as a success.
    /// </summary>
    public NpgsqlDataSource Ledger { get; } = create("ledger", options.LedgerConnections, TimeSpan.Zero);

    /// <summary>For everything else.</summary>
    public NpgsqlDataSource General { get; } = create("reads", options.GeneralConnections, options.StatementTimeout);

    /// <summary>For asking whether it is the primary, whatever the others are used for.</summary>
    public NpgsqlDataSource Probe { get; } = create("probe", ProbeConnections, options.StatementTimeout);

    /// <summary>
    /// Cancelled when another host is served from instead, so that nobody waits for this one any longer. With
    /// one host it never is.
    /// </summary>
    public CancellationToken Left => term?.Token ?? CancellationToken.None;

    /// <summary>Begins to be served from.</summary>
    public void Enter() => term = new CancellationTokenSource();

    /// <summary>Ends to be served from: whoever waits for it is told, and its connections are closed.</summary>
    public void Leave()
    {
        // Not here: the driver may want to tell a host that hears nothing.
        _ = term?.CancelAsync();
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

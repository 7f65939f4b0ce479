using System.Diagnostics;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>
/// The connections to the database, in two pools: money has a small one of its own, so that whoever reads can
/// never take the last connection from it. Two instances of the API fit into PostgreSQL's default of 100.
/// </summary>
sealed class ConnectionPools(string connectionString, DatabaseOptions options) : IAsyncDisposable
{
    /// <summary>
    /// For money. A statement that takes too long is left to itself by who sent it: the driver's own time-out
    /// would cancel it, and a cancelled wait for a standby is reported as a success.
    /// </summary>
    public NpgsqlDataSource Ledger { get; } = Create(
        "ledger", connectionString, options, options.LedgerConnections, commandTimeout: TimeSpan.Zero);

    /// <summary>For everything else.</summary>
    public NpgsqlDataSource Reads { get; } = Create(
        "reads", connectionString, options, options.ReadConnections, options.StatementTimeout);

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        await Reads.DisposeAsync();
    }

    /// <summary>What runs for no request, such as the waiting for changes, would be a trace of its own.</summary>
    static bool IsTraced => Activity.Current is { Recorded: true };

    /// <summary>
    /// Statements are prepared once and planned once: planning the money statements takes longer than running
    /// them, and PostgreSQL would plan them anew for every array it is given. A timed-out statement breaks its
    /// connection at once instead of waiting for a cancellation whose outcome would be as unknown. Nothing ever
    /// changes a session, so nothing is reset.
    /// </summary>
    static NpgsqlDataSource Create(
        string name, string connectionString, DatabaseOptions options, int connections, TimeSpan commandTimeout)
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
            .ConfigureTracing(traces => traces.ConfigureCommandFilter(_ => IsTraced).EnablePhysicalOpenTracing(false))
            .Build();
    }
}

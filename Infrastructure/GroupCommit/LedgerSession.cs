using System.Data;
using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;
using Npgsql;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// One connection for one group. It sends nothing that could make an outcome uncertain: it never cancels a
/// query, since PostgreSQL reports a cancelled wait for a standby as a success.
/// </summary>
/// <param name="host">The host to connect to.</param>
sealed class LedgerSession(DatabaseHost host) : IAsyncDisposable
{
    readonly BankDb db = new(() => host.Ledger, holdsConnection: true);
    readonly CancellationToken hostLeft = host.Deactivated;
    NpgsqlConnection? connection;
    Task? abandoned;

    /// <summary>Connects and returns the server process of the connection.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached; nothing was sent.</exception>
    /// <exception cref="OperationCanceledException">
    /// Another host became the primary; nothing was sent.
    /// </exception>
    public async Task<Backend> OpenAsync()
    {
        connection = (NpgsqlConnection)await db.OpenDbConnectionAsync(hostLeft);

        return new Backend(host, connection.ProcessID);
    }

    /// <summary>Runs queries and makes sure that the server confirmed their commit.</summary>
    /// <param name="queries">The queries, each in a transaction of its own.</param>
    /// <param name="deadline">After which time the connection is abandoned.</param>
    /// <exception cref="TimeoutException">The deadline is over; the queries may still run.</exception>
    /// <exception cref="OperationCanceledException">
    /// Another host became the primary: the results of this one no longer count.
    /// </exception>
    /// <exception cref="IOException">
    /// The connection was lost after the rows, which the driver reports before the commit that follows them;
    /// or the standby did not confirm the commit.
    /// </exception>
    public async Task<T> RunAsync<T>(Func<BankDb, Task<T>> queries, TimeSpan deadline)
    {
        var running = queries(db);

        try
        {
            var result = await running.WaitAsync(deadline, hostLeft);
            hostLeft.ThrowIfCancellationRequested();

            return connection?.FullState == ConnectionState.Open && !db.IsUnconfirmed
                ? result
                : throw new IOException("The commit was not confirmed.");
        }
        catch (Exception gone)
            when (gone is TimeoutException or OperationCanceledException && !running.IsCompleted)
        {
            abandoned = running;
            throw;
        }
    }

    /// <summary>Returns the connection to its pool, once nothing runs on it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (abandoned is null)
            await db.DisposeAsync();
        else
            _ = abandoned.ContinueWith(_ => db.DisposeAsync().AsTask(), TaskScheduler.Default);
    }
}

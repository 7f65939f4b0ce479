using System.Data;
using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;
using Npgsql;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// One connection for one batch. It asks the server nothing that could make an outcome uncertain: it never
/// cancels a statement, since a cancelled wait for a standby is reported as a success.
/// </summary>
sealed class LedgerSession(DatabaseHost host) : IAsyncDisposable
{
    readonly BankDb db = new(() => host.Ledger, holdsConnection: true);
    readonly CancellationToken left = host.Left;
    NpgsqlConnection? connection;
    Task? abandoned;

    /// <summary>Connects, and answers what the server's side of the connection is.</summary>
    /// <exception cref="NpgsqlException">The database does not answer; nothing was sent.</exception>
    /// <exception cref="OperationCanceledException">Another host is served from; nothing was sent.</exception>
    public async Task<Backend> OpenAsync()
    {
        connection = (NpgsqlConnection)await db.OpenDbConnectionAsync(left);

        return new Backend(host, connection.ProcessID);
    }

    /// <summary>Runs statements and makes sure that the server said it is done with them.</summary>
    /// <param name="statements">What to run, each in a transaction of its own.</param>
    /// <param name="deadline">After how long to leave the connection to itself.</param>
    /// <exception cref="TimeoutException">The deadline is over; the statements may go on.</exception>
    /// <exception cref="OperationCanceledException">
    /// Another host is served from: what this one says counts no more.
    /// </exception>
    /// <exception cref="IOException">
    /// The connection was lost after the rows, which the driver reports before the commit that follows them;
    /// or the commit was not confirmed by the standby that it was to wait for.
    /// </exception>
    public async Task<T> RunAsync<T>(Func<BankDb, Task<T>> statements, TimeSpan deadline)
    {
        var running = statements(db);

        try
        {
            var answer = await running.WaitAsync(deadline, left);
            left.ThrowIfCancellationRequested();

            return connection?.FullState == ConnectionState.Open && !db.IsUnconfirmed
                ? answer
                : throw new IOException("The commit was not confirmed.");
        }
        catch (Exception gone) when (gone is TimeoutException or OperationCanceledException && !running.IsCompleted)
        {
            abandoned = running;
            throw;
        }
    }

    /// <summary>Gives the connection back, once nothing runs on it any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (abandoned is null)
            await db.DisposeAsync();
        else
            _ = abandoned.ContinueWith(_ => db.DisposeAsync().AsTask(), TaskScheduler.Default);
    }
}

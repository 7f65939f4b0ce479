using System.Data;
using Bank.Infrastructure.Data;
using Npgsql;

namespace Bank.Infrastructure.Ledger;

/// <summary>One connection for one batch.</summary>
sealed class LedgerSession(AsyncServiceScope scope) : IAsyncDisposable
{
    NpgsqlConnection? connection;

    public BankDb Db { get; } = scope.ServiceProvider.GetRequiredService<BankDb>();

    /// <summary>Connects, and answers the process id of the server's side of the connection.</summary>
    /// <exception cref="NpgsqlException">The database does not answer; nothing was sent.</exception>
    public async Task<int> OpenAsync()
    {
        connection = (NpgsqlConnection)await Db.OpenDbConnectionAsync(CancellationToken.None);
        return connection.ProcessID;
    }

    /// <summary>
    /// Makes sure that the server said it is done. The driver reports rows before the commit that follows
    /// them, and passes over a time-out between the two, so that only the state of the connection tells.
    /// </summary>
    /// <exception cref="IOException">
    /// The connection was lost after the rows; the commit may have failed.
    /// </exception>
    public void ThrowIfLost()
    {
        if (connection?.FullState != ConnectionState.Open)
            throw new IOException("The connection was lost before the commit was confirmed.");
    }

    public ValueTask DisposeAsync() => scope.DisposeAsync();
}

using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>The lock on an account, held by the test, so that statements over it have to wait.</summary>
sealed class HeldAccount(NpgsqlDataSource database, NpgsqlConnection connection) : IAsyncDisposable
{
    public static async Task<HeldAccount> HoldAsync(NpgsqlDataSource database, long account)
    {
        var connection = await database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            $"BEGIN; SELECT FROM accounts WHERE id = {account} FOR UPDATE", connection);
        await command.ExecuteNonQueryAsync();

        return new HeldAccount(database, connection);
    }

    /// <summary>Waits until this many statements wait for locks in the database.</summary>
    public Task AwaitWaitingAsync(int count) => Eventually.TrueAsync(
        async () => await database.ScalarAsync<long>(
            """
            SELECT count(*)
            FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
            """) == count,
        $"{count} statements wait");

    /// <summary>Lets the statements go on.</summary>
    public async Task ReleaseAsync()
    {
        await using var command = new NpgsqlCommand("ROLLBACK", connection);
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}

using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>
/// The next transaction of an account, held by the test, so that a statement which records it has to wait in the
/// middle of its work.
/// </summary>
sealed class BlockedAccount(NpgsqlDataSource database, NpgsqlConnection connection) : IAsyncDisposable
{
    public static async Task<BlockedAccount> BlockAsync(NpgsqlDataSource database, long account)
    {
        var connection = await database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            $"""
            BEGIN;
            INSERT INTO transactions (id, from_account_id, amount, from_balance, from_version, created_at)
            SELECT gen_random_uuid(), id, 1, 0, version + 1, now() FROM accounts WHERE id = {account};
            INSERT INTO transactions (id, to_account_id, amount, to_balance, to_version, created_at)
            SELECT gen_random_uuid(), id, 1, 1, version + 1, now() FROM accounts WHERE id = {account};
            """,
            connection);
        await command.ExecuteNonQueryAsync();

        return new BlockedAccount(database, connection);
    }

    /// <summary>Waits until this many statements wait for locks in the database.</summary>
    public Task WaitForBlockedQueriesAsync(int count) => Eventually.TrueAsync(
        async () => await database.ScalarAsync<long>(
            """
            SELECT count(*)
            FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
            """) == count,
        $"{count} statements wait");

    /// <summary>Lets the statements go on.</summary>
    public async Task UnblockAsync()
    {
        await using var command = new NpgsqlCommand("ROLLBACK", connection);
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}

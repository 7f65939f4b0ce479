using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>
/// Blocks an account by an uncommitted row with its next version: a query that posts to the account waits in
/// the middle of its work for the unique index. (<see cref="LockedAccounts"/> locks rows before it.)
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

    /// <summary>Waits until this many queries wait for locks in the database.</summary>
    public Task WaitForBlockedQueriesAsync(int count) => WaitForBlockedQueriesAsync(database, count);

    /// <summary>Waits until this many queries wait for locks in a database.</summary>
    public static Task WaitForBlockedQueriesAsync(NpgsqlDataSource database, int count) =>
        Eventually.TrueAsync(
            async () => await database.ScalarAsync<long>(
                """
                SELECT count(*)
                FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
                """) == count,
            $"{count} queries wait");

    /// <summary>Rolls back, so that the queries continue.</summary>
    public async Task UnblockAsync()
    {
        await using var command = new NpgsqlCommand("ROLLBACK", connection);
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}

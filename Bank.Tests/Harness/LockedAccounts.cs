using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>Locks account rows until disposal, as another session, such as psql, may.</summary>
sealed class LockedAccounts(NpgsqlConnection connection) : IAsyncDisposable
{
    public static async Task<LockedAccounts> LockAsync(NpgsqlDataSource database, params long[] accounts)
    {
        var connection = await database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            $"BEGIN; SELECT FROM accounts WHERE id IN ({string.Join(',', accounts)}) FOR UPDATE", connection);
        await command.ExecuteNonQueryAsync();

        return new LockedAccounts(connection);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}

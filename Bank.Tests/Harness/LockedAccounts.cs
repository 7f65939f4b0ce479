using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>Accounts whose rows somebody else has locked, as from a psql session, until disposal.</summary>
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

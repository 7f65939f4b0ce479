using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>Keeps a transaction open, as another session, such as psql, may.</summary>
sealed class LockedRows(NpgsqlConnection connection) : IAsyncDisposable
{
    public static async Task<LockedRows> LockAsync(NpgsqlDataSource database, string sql)
    {
        var connection = await database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand($"BEGIN; {sql}", connection);
        await command.ExecuteNonQueryAsync();

        return new LockedRows(connection);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}

using Npgsql;

namespace Bank.Infrastructure.Connections;

/// <summary>Reads a single value.</summary>
static class NpgsqlConnectionExtensions
{
    /// <summary>Runs SQL and returns the first value of its first row; the default without one.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="sql">Its parameters are positional, from <c>$1</c>.</param>
    /// <param name="ct">Cancels it.</param>
    /// <param name="parameters">Their values.</param>
    public static async Task<T?> ScalarAsync<T>(
        this NpgsqlConnection connection, string sql, CancellationToken ct = default,
        params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);

        foreach (var value in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = value });

        return await command.ExecuteScalarAsync(ct) is T result ? result : default;
    }
}

using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>Reads and changes the database without the API; parameters are $1, $2 and so on.</summary>
static class Sql
{
    public static async Task<int> ExecuteAsync(
        this NpgsqlDataSource database, string sql, params object[] parameters)
    {
        await using var command = database.Command(sql, parameters);
        return await command.ExecuteNonQueryAsync();
    }

    public static async Task<T> ScalarAsync<T>(
        this NpgsqlDataSource database, string sql, params object[] parameters)
    {
        await using var command = database.Command(sql, parameters);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public static async Task<T[]> QueryAsync<T>(
        this NpgsqlDataSource database, string sql, Func<NpgsqlDataReader, T> read,
        params object[] parameters)
    {
        await using var command = database.Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();

        while (await reader.ReadAsync())
            rows.Add(read(reader));

        return [.. rows];
    }

    /// <summary>Runs SQL that the schema must refuse, and returns the error.</summary>
    public static Task<PostgresException> ShouldRefuseAsync(
        this NpgsqlDataSource database, string sql, params object[] parameters) =>
        Should.ThrowAsync<PostgresException>(() => database.ExecuteAsync(sql, parameters));

    static NpgsqlCommand Command(this NpgsqlDataSource database, string sql, object[] parameters)
    {
        var command = database.CreateCommand(sql);

        foreach (var value in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = value });

        return command;
    }
}

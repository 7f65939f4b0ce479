using LinqToDB.Mapping;
using Npgsql;

namespace LinqToDB.Data;

/// <summary>Runs SQL text and maps its rows.</summary>
public static class DataContextExtensions
{
    public static Task<T[]> QueryToArrayAsync<T>(
        this IDataContext dataContext, string sql, CancellationToken cancellationToken = default) =>
        dataContext.QueryToArrayAsync<T>(sql, null, cancellationToken);

    public static async Task<T[]> QueryToArrayAsync<T>(
        this IDataContext dataContext, string sql, object? parameters, CancellationToken cancellationToken = default) =>
        [.. await dataContext.QueryToListAsync<T>(sql, parameters, cancellationToken)];

    public static Task<List<T>> QueryToListAsync<T>(
        this IDataContext dataContext, string sql, CancellationToken cancellationToken = default) =>
        dataContext.QueryToListAsync<T>(sql, null, cancellationToken);

    public static async Task<List<T>> QueryToListAsync<T>(
        this IDataContext dataContext, string sql, object? parameters, CancellationToken cancellationToken = default)
    {
        await using var command = await CommandAsync(dataContext, sql, parameters, cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var read = RowReader<T>.Get(sql, reader);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));

        return rows;
    }

    public static Task<int> ExecuteAsync(
        this IDataContext dataContext, string sql, CancellationToken cancellationToken = default) =>
        dataContext.ExecuteAsync(sql, null, cancellationToken);

    /// <summary>The number of rows affected.</summary>
    public static async Task<int> ExecuteAsync(
        this IDataContext dataContext, string sql, object? parameters, CancellationToken cancellationToken = default)
    {
        await using var command = await CommandAsync(dataContext, sql, parameters, cancellationToken);

        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static Task<T> ExecuteAsync<T>(
        this IDataContext dataContext, string sql, CancellationToken cancellationToken = default) =>
        dataContext.ExecuteAsync<T>(sql, null, cancellationToken);

    /// <summary>The first row; the default where there is none.</summary>
    public static async Task<T> ExecuteAsync<T>(
        this IDataContext dataContext, string sql, object? parameters, CancellationToken cancellationToken = default)
    {
        await using var command = await CommandAsync(dataContext, sql, parameters, cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);

        return await reader.ReadAsync(cancellationToken) ? RowReader<T>.Get(sql, reader)(reader) : default!;
    }

    private static Task<NpgsqlCommand> CommandAsync(
        IDataContext dataContext, string sql, object? parameters, CancellationToken cancellationToken) =>
        ((DataConnection)dataContext).CreateCommandAsync(sql, parameters, cancellationToken);
}

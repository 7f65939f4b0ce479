using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;
using Npgsql;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Lets what precedes a money movement, such as its sign-in, wait for a database that is away as long as the
/// movement itself would.
/// </summary>
static class DatabaseWaits
{
    static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Marks an endpoint that waits for the database.</summary>
    public static RouteHandlerBuilder WaitsForDatabase(this RouteHandlerBuilder slice) =>
        slice.WithMetadata(new Mark());

    /// <summary>
    /// Runs a query, again while the database is away, until <see cref="DatabaseOptions.CommitTimeout"/> has
    /// passed since the request began. At an endpoint that does not wait it runs once.
    /// </summary>
    /// <param name="context">The context of the request.</param>
    /// <param name="query">The query.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <param name="mayWait">Whether the caller may wait; null for everybody.</param>
    /// <exception cref="NpgsqlException">The database was away for too long.</exception>
    public static async Task<T> WaitForDatabaseAsync<T>(
        this HttpContext context, Func<Task<T>> query, CancellationToken ct, Func<bool>? mayWait = null)
    {
        while (true)
        {
            try
            {
                return await query();
            }
            catch (NpgsqlException away) when (
                away.IsDatabaseUnavailable() && HasTime(context) && mayWait?.Invoke() != false)
            {
                await Task.Delay(RetryInterval, ct);
            }
        }
    }

    static bool HasTime(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<Mark>() is not null
        && context.Elapsed() + RetryInterval
            < context.RequestServices.GetRequiredService<DatabaseOptions>().CommitTimeout;

    sealed class Mark;
}

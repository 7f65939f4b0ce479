using Npgsql;

namespace Bank.Infrastructure.Connections;

/// <summary>
/// Checks that a new connection is the session that was requested. A pooler in between gives each transaction
/// another session: its settings are not the requested ones, and to terminate the process id that the pooler
/// reports would end somebody else's session, so that a money query whose connection was lost might still
/// commit.
/// </summary>
static class SessionCheck
{
    const string Sql = "SELECT pg_backend_pid(), current_setting('plan_cache_mode'), current_setting('jit')";

    public static NpgsqlDataSourceBuilder CheckSessions(this NpgsqlDataSourceBuilder pool) =>
        pool.UsePhysicalConnectionInitializer(
            _ => throw new NotSupportedException("Connections are opened asynchronously."), CheckAsync);

    /// <exception cref="UnexpectedSessionException">It is another session.</exception>
    static async Task CheckAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();

        if (row.GetInt32(0) != connection.ProcessID)
            throw new UnexpectedSessionException(
                $"its process is {row.GetInt32(0)} and not {connection.ProcessID}");

        if (row.GetString(1) != "force_generic_plan" || row.GetString(2) != "off")
            throw new UnexpectedSessionException("it does not have the settings that were asked for");
    }
}

using Bank.Infrastructure.Data;
using Npgsql;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Listens for changes of users, which the database itself announces whoever makes them, and lets the memory
/// forget. While it is not connected nothing is remembered.
/// </summary>
sealed class UserChanges(ConnectionPools database, CredentialMemory memory, DatabaseAbsence absence)
    : BackgroundService
{
    /// <summary>
    /// The channel that the trigger on <c>users</c> notifies, with the name as the payload.
    /// </summary>
    const string ListenSql = "LISTEN user_changed";

    static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(1);

    /// <summary>A connection that died without a word is found out by asking.</summary>
    static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception lost) when (lost is NpgsqlException or IOException or TimeoutException)
            {
                absence.Note(lost);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            finally
            {
                memory.Close();
            }

            await Task.Delay(RetryEvery, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task ListenAsync(CancellationToken ct)
    {
        await using var connection = await database.Reads.OpenConnectionAsync(ct);
        connection.Notification += (_, change) => memory.Forget(change.Payload);
        await ExecuteAsync(connection, ListenSql, ct);
        memory.Open();
        absence.NoteBack();

        while (true)
        {
            if (!await connection.WaitAsync(AskEvery, ct))
                await ExecuteAsync(connection, "SELECT 1", ct);
        }
    }

    static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 1 };
        await command.ExecuteNonQueryAsync(ct);
    }
}

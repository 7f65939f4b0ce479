using System.Diagnostics;
using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;
using Npgsql;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Listens for changes of users, which the database itself announces whoever makes them, and lets the memory
/// forget. While it is not connected, or does not hear what is said where changes are made, nothing is
/// remembered.
/// </summary>
sealed class UserChangeListener(ConnectionPools database, CredentialCache memory, DatabaseOutageLog absence)
    : BackgroundService
{
    /// <summary>The channel that the trigger on <c>users</c> notifies, with the name as the payload.</summary>
    const string ListenSql = "LISTEN user_changed";

    /// <summary>
    /// Says something on the channel, through the pool as changes are made. Nobody waits for its commit.
    /// </summary>
    const string CallSql =
        "SELECT set_config('synchronous_commit', 'off', true), pg_notify('user_changed', $1)";

    /// <summary>What a call begins with, and no name does.</summary>
    const char CallSign = ':';

    static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(1);
    static readonly TimeSpan CallEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// In this time a connection is found out that died without a word, or is to a server that others left.
    /// </summary>
    static readonly TimeSpan HeardWithin = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = RetryEvery;

            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception lost) when (lost is NpgsqlException or IOException or TimeoutException)
            {
                absence.Note(lost);
            }
            catch (OperationCanceledException)
            {
                // The process stops, or another host is served from.
                pause = TimeSpan.Zero;
            }
            finally
            {
                memory.Close();
            }

            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task ListenAsync(CancellationToken stoppingToken)
    {
        var host = database.Current;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, host.Left);
        await using var connection = await host.General.OpenConnectionAsync(end.Token);
        await using var listen = new NpgsqlCommand(ListenSql, connection) { CommandTimeout = 1 };
        var call = $"{CallSign}{Guid.NewGuid():n}";
        var calling = Task.CompletedTask;
        var heardAt = Stopwatch.GetTimestamp();
        connection.Notification += (_, change) =>
        {
            if (change.Payload == call)
                heardAt = Hear();
            else if (!change.Payload.StartsWith(CallSign))
                memory.Forget(change.Payload);
        };
        await listen.ExecuteNonQueryAsync(end.Token);

        while (Stopwatch.GetElapsedTime(heardAt) < HeardWithin)
        {
            if (calling.IsCompleted)
                calling = CallAsync(host, call, end.Token);

            await connection.WaitAsync(CallEvery, end.Token);
        }

        throw new TimeoutException("The listener for changed users does not hear what is said through the pool.");
    }

    /// <summary>Takes note that what is said is heard.</summary>
    /// <returns>When.</returns>
    long Hear()
    {
        memory.Open();
        absence.NoteBack();

        return Stopwatch.GetTimestamp();
    }

    /// <summary>Says something, and pauses.</summary>
    static async Task CallAsync(DatabaseHost host, string call, CancellationToken ct)
    {
        try
        {
            await using var command = host.General.CreateCommand(CallSql);
            command.Parameters.Add(new() { Value = call });
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception unsaid) when (unsaid is NpgsqlException or InvalidOperationException)
        {
            // Then it is not heard either, which is what counts.
        }

        await Task.Delay(CallEvery, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}

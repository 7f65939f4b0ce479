using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;
using Npgsql;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Listens for changed users and keys and drops them from the caches. Triggers announce every change,
/// whoever makes it. The caches are disabled while the listener is not connected, and while it does not
/// receive the notifications of the server that changes are made on. Their users are not forgotten, but
/// compared with the database before they count again.
/// </summary>
sealed class UserChangeListener(
    ConnectionPools database, UserChanges changes, DatabaseOutageLog outages, TimeProvider time)
    : BackgroundService
{
    /// <summary>
    /// The channel that the trigger on <c>users</c> notifies, with the username as the payload. Each Bank in
    /// a database has its own, by the number of its table.
    /// </summary>
    const string Channel = "'user_changed:' || coalesce(to_regclass('users')::oid, 0)";

    const string ListenSql = $"SELECT format('LISTEN %I', {Channel})";

    /// <summary>Sends a ping through the pool, as changes are made. Nothing waits for its commit.</summary>
    const string PingSql =
        $"SELECT set_config('synchronous_commit', 'off', true), pg_notify({Channel}, $1)";

    /// <summary>The first character of a ping; no username begins with it.</summary>
    const char PingPrefix = ':';

    /// <summary>Precedes the username when keys of the user changed, and not the user.</summary>
    const string KeysPrefix = "::";

    static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    /// <summary>The pause after a session that worked: the next one may work as well.</summary>
    static readonly TimeSpan FirstRetryInterval = TimeSpan.FromMilliseconds(50);

    static readonly TimeSpan PingInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Detects a connection that died silently, and one to a server that the pool has left.
    /// </summary>
    static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(3);

    bool hasWorked;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = RetryInterval;
            hasWorked = false;

            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception lost) when (lost is NpgsqlException or IOException or TimeoutException)
            {
                outages.ReportFailure(lost);

                if (hasWorked)
                    pause = FirstRetryInterval;
            }
            catch (OperationCanceledException)
            {
                // Shutdown, or the API serves from another host now.
                pause = TimeSpan.Zero;
            }
            finally
            {
                changes.Disable();
            }

            await Task.Delay(pause, time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task ListenAsync(CancellationToken stoppingToken)
    {
        var host = database.Current;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, host.Deactivated);
        await using var connection = await host.OpenGeneralAsync(end.Token);
        await using var find = new NpgsqlCommand(ListenSql, connection) { CommandTimeout = 1 };
        var listenSql = (string?)await find.ExecuteScalarAsync(end.Token);
        await using var listen = new NpgsqlCommand(listenSql, connection) { CommandTimeout = 1 };
        var ping = $"{PingPrefix}{Guid.NewGuid():n}";
        var pinging = Task.CompletedTask;
        var lastPingAt = time.GetTimestamp();
        connection.Notification += (_, change) =>
        {
            if (change.Payload == ping)
                lastPingAt = OnPing();
            else if (change.Payload.StartsWith(KeysPrefix, StringComparison.Ordinal))
                changes.AnnounceKeys(change.Payload[KeysPrefix.Length..]);
            else if (!change.Payload.StartsWith(PingPrefix))
                changes.Announce(change.Payload);
        };
        await listen.ExecuteNonQueryAsync(end.Token);

        while (time.GetElapsedTime(lastPingAt) < PingTimeout)
        {
            if (pinging.IsCompleted)
                pinging = PingAsync(host, ping, end.Token);

            await connection.WaitAsync(PingInterval, end.Token);
        }

        throw new TimeoutException(
            "The listener for changed users does not receive notifications that are sent through the pool.");
    }

    /// <summary>The listener works: enables the caches.</summary>
    /// <returns>The timestamp of the ping.</returns>
    long OnPing()
    {
        changes.Enable();
        outages.ReportRecovery();
        hasWorked = true;

        return time.GetTimestamp();
    }

    /// <summary>Sends a ping and pauses.</summary>
    async Task PingAsync(DatabaseHost host, string ping, CancellationToken ct)
    {
        try
        {
            await using var connection = await host.OpenGeneralAsync(CancellationToken.None);
            await using var command = new NpgsqlCommand(PingSql, connection);
            command.Parameters.Add(new() { Value = ping });
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception failed) when (failed is NpgsqlException or InvalidOperationException)
        {
            // A ping that is not sent does not arrive either, and that is detected.
        }

        await Task.Delay(PingInterval, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}

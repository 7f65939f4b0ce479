using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Bank.Tests.Faults;

/// <summary>A proxy between an API and its PostgreSQL that injects network faults.</summary>
sealed class DatabaseProxy : IAsyncDisposable
{
    readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    readonly NpgsqlConnectionStringBuilder settings;
    readonly EndPoint upstream;
    readonly ConcurrentDictionary<ProxiedConnection, bool> connections = new();
    readonly Task accepting;
    volatile TaskCompletionSource? stall;
    volatile PlannedCut? plannedCut;
    StalledQuery? nextToStall;
    volatile bool isAway;
    volatile bool isDroppingResponses;

    /// <param name="connectionString">How to connect to the server itself: over TCP or a Unix socket.</param>
    public DatabaseProxy(string connectionString)
    {
        settings = new NpgsqlConnectionStringBuilder(connectionString);
        upstream = settings.Host!.StartsWith('/')
            ? new UnixDomainSocketEndPoint(Path.Combine(settings.Host, $".s.PGSQL.{settings.Port}"))
            : new DnsEndPoint(settings.Host, settings.Port);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        settings.Host = "127.0.0.1";
        settings.Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        settings.MaxPoolSize = 20;
        settings.SslMode = SslMode.Disable;
        settings.GssEncryptionMode = GssEncryptionMode.Disable;
        accepting = AcceptAsync();
    }

    /// <summary>How to connect through the proxy.</summary>
    public string ConnectionString => settings.ConnectionString;

    /// <summary>Whether clients see other process ids than the server has, as behind a pooler.</summary>
    public bool RenamesSessions { get; init; }

    /// <summary>Whether it refuses sessions with settings, as PgBouncer does by default.</summary>
    public bool RefusesSettings { get; init; }

    /// <summary>
    /// Whether <c>pg_backend_pid()</c> also shows the changed id, so that the API cannot detect the pooler.
    /// </summary>
    public bool HidesRenaming { get; init; }

    /// <summary>Whether the server's responses are dropped while requests still reach it.</summary>
    public bool IsDroppingResponses => isDroppingResponses;

    /// <summary>Cuts every connection and accepts new ones.</summary>
    public void Cut()
    {
        foreach (var connection in connections.Keys)
            connection.Cut();
    }

    /// <summary>Cuts every connection and refuses new ones until <see cref="EndOutage"/>.</summary>
    public void StartOutage()
    {
        isAway = true;
        Cut();
    }

    /// <summary>
    /// Drops the server's responses, while requests still reach it, until <see cref="EndOutage"/>.
    /// </summary>
    public void DropResponses() => isDroppingResponses = true;

    public void EndOutage()
    {
        Cut();
        isAway = false;
        isDroppingResponses = false;
    }

    /// <summary>Delays everything that either side sends until <see cref="Resume"/>.</summary>
    public void Stall() => stall = NewSignal();

    public void Resume() => stall?.TrySetResult();

    public async Task StallForAsync(TimeSpan time)
    {
        Stall();
        await Task.Delay(time);
        Resume();
    }

    /// <summary>Drops the server's responses for a time, then cuts every connection.</summary>
    public async Task DropResponsesForAsync(TimeSpan time)
    {
        DropResponses();
        await Task.Delay(time);
        EndOutage();
    }

    /// <summary>Cuts once, when the next writing query reaches the given point.</summary>
    /// <returns>Completes when the connection was cut.</returns>
    public Task CutOnceAsync(CutPoint point)
    {
        plannedCut = new PlannedCut(point, NewSignal());
        return plannedCut.Done.Task;
    }

    /// <summary>Whether to cut the connection that reached this point.</summary>
    public bool MustCut(CutPoint point) =>
        plannedCut is { } planned && planned.Point == point && planned.Done.TrySetResult();

    /// <summary>Keeps the next writing query from the server until the test resumes it.</summary>
    public StalledQuery StallNextQuery() => nextToStall = new StalledQuery();

    /// <summary>The query to stall, if the test asked for one; only the first caller gets it.</summary>
    public StalledQuery? TakeStalledQuery() => Interlocked.Exchange(ref nextToStall, null);

    /// <summary>Waits for the end of a stall.</summary>
    public Task WaitForResumeAsync() => stall?.Task ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        Resume();
        listener.Dispose();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Cut();
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    async Task AcceptAsync()
    {
        while (true)
        {
            var client = await listener.AcceptAsync();

            if (isAway)
                client.Dispose();
            else
                _ = ServeAsync(client);
        }
    }

    async Task ServeAsync(Socket client)
    {
        var server = upstream is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        var connection = new ProxiedConnection(this, client, server);

        try
        {
            await server.ConnectAsync(upstream);
            connections[connection] = true;
            await connection.RunAsync();
        }
        catch (Exception broken) when (broken is IOException or SocketException or ObjectDisposedException)
        {
            connection.Cut();
        }
        finally
        {
            connections.TryRemove(connection, out _);
        }
    }

    sealed record PlannedCut(CutPoint Point, TaskCompletionSource Done);
}

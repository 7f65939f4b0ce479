using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Bank.Tests.Faults;

/// <summary>The line between an API and its PostgreSQL, which fails in every way that a line can.</summary>
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

    /// <summary>Whether it tells clients other process ids than the server does, as a pooler has to.</summary>
    public bool RenamesSessions { get; init; }

    /// <summary>Whether it takes no session that has settings of its own, as PgBouncer unless it is told to.</summary>
    public bool RefusesSettings { get; init; }

    /// <summary>Whether it tells that id also to a statement that asks for it, so that nothing gives it away.</summary>
    public bool HidesRenaming { get; init; }

    /// <summary>Whether the server's answers get lost while requests still reach it.</summary>
    public bool IsDroppingResponses => isDroppingResponses;

    /// <summary>Cuts every connection; new ones are served.</summary>
    public void Cut()
    {
        foreach (var connection in connections.Keys)
            connection.Cut();
    }

    /// <summary>Cuts every connection and serves no new ones until <see cref="EndOutage"/>.</summary>
    public void StartOutage()
    {
        isAway = true;
        Cut();
    }

    /// <summary>Loses the server's answers, while requests reach it, until <see cref="EndOutage"/>.</summary>
    public void DropResponses() => isDroppingResponses = true;

    public void EndOutage()
    {
        Cut();
        isAway = false;
        isDroppingResponses = false;
    }

    /// <summary>Holds back all that either side sends, without a word, until <see cref="Resume"/>.</summary>
    public void Stall() => stall = NewSignal();

    public void Resume() => stall?.TrySetResult();

    public async Task StallForAsync(TimeSpan time)
    {
        Stall();
        await Task.Delay(time);
        Resume();
    }

    /// <summary>Loses the server's answers for a while, if any, and then the connections.</summary>
    public async Task DropResponsesForAsync(TimeSpan time)
    {
        DropResponses();
        await Task.Delay(time);
        EndOutage();
    }

    /// <summary>Cuts, once, the connection of the next statement that records something and gets to a point.</summary>
    /// <returns>Completes when it did.</returns>
    public Task CutOnceAsync(CutPoint point)
    {
        plannedCut = new PlannedCut(point, NewSignal());
        return plannedCut.Done.Task;
    }

    /// <summary>Whether a connection that has come to a point is the one to be cut there.</summary>
    public bool MustCut(CutPoint point) =>
        plannedCut is { } planned && planned.Point == point && planned.Done.TrySetResult();

    /// <summary>Keeps the next statement that records something from the server until it is released.</summary>
    public StalledQuery StallNextQuery() => nextToStall = new StalledQuery();

    /// <summary>What a connection's statement is to be held as, if it is to be held.</summary>
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

using System.Net;
using Bank.Infrastructure.Data;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Accepts no more connections than the limit, and closes one beyond it before it accepts the next. Kestrel's
/// own limit leaves the closing to the thread pool, so that a burst has many more open at once, and logs a
/// line for each.
/// </summary>
sealed partial class LimitedListenerFactory(
    SocketTransportFactory sockets, ConnectionLimit limit, TimeProvider time,
    ILogger<LimitedListenerFactory> log) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    readonly LogThrottle throttle = new(time, TimeSpan.FromMinutes(1));
    int count;

    public bool CanBind(EndPoint endpoint) => sockets.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(this, await sockets.BindAsync(endpoint, cancellationToken));

    bool TryAdd()
    {
        if (Interlocked.Increment(ref count) <= limit.MaxConnections)
            return true;

        Remove();

        if (throttle.TryPass(out var others))
            LogClosed(limit.MaxConnections, others);

        return false;
    }

    void Remove() => Interlocked.Decrement(ref count);

    [LoggerMessage(
        16, LogLevel.Warning,
        "All {Max} connections are in use. A new one was closed, and {Others} since the last such line")]
    partial void LogClosed(int max, int others);

    sealed class Listener(LimitedListenerFactory factory, IConnectionListener sockets) : IConnectionListener
    {
        public EndPoint EndPoint => sockets.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await sockets.AcceptAsync(cancellationToken) is { } connection)
            {
                if (factory.TryAdd())
                    return new CountedConnection(connection, factory.Remove);

                await connection.DisposeAsync();
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) =>
            sockets.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => sockets.DisposeAsync();
    }
}

using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Bank.Infrastructure.Hosting;

/// <summary>Closes connections whose client sends nothing, or reads nothing of its responses.</summary>
static class ConnectionGuard
{
    /// <summary>How long a client may take to send something, and then to send all headers.</summary>
    public static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    /// <param name="connection">The connection.</param>
    /// <param name="next">Serves it.</param>
    /// <param name="readTimeout">How long a write may wait for the client to read.</param>
    public static async Task RunAsync(
        ConnectionContext connection, ConnectionDelegate next, TimeSpan readTimeout)
    {
        if (!await HasDataAsync(connection))
            return;

        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        connection.Transport = new Transport(
            input,
            new TimedWriter(
                output, readTimeout,
                () => connection.Abort(new ConnectionAbortedException("The client does not read."))));
        await next(connection);
    }

    /// <summary>
    /// Waits for the first data. Kestrel would keep a silent connection for as long as one between two
    /// requests.
    /// </summary>
    static async Task<bool> HasDataAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        var shutdown = connection.Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(
            shutdown.ConnectionClosedRequested);
        patience.CancelAfter(HeadersTimeout);

        await using (patience.Token.Register(input.CancelPendingRead))
        {
            try
            {
                var read = await input.ReadAsync(CancellationToken.None);
                input.AdvanceTo(read.Buffer.Start);

                return !read.IsCanceled;
            }
            catch (ConnectionResetException)
            {
                return false;
            }
        }
    }

    sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

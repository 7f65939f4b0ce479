using System.Net;
using System.Net.Sockets;

namespace Bank.Benchmarks;

/// <summary>
/// A receiver of webhooks that costs as little as a server can: it counts the requests, whose bodies are
/// short, and accepts each.
/// </summary>
sealed class WebhookReceiver : IAsyncDisposable
{
    static readonly byte[] Answer = "HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray();
    static readonly byte[] Request = "POST /"u8.ToArray();
    static readonly byte[] BodyEnd = "}}"u8.ToArray();

    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource end = new();
    Task accepting = Task.CompletedTask;
    long count;

    /// <summary>The requests so far.</summary>
    public long Count => Volatile.Read(ref count);

    public string Url => $"http://{listener.LocalEndpoint}/";

    public static WebhookReceiver Start()
    {
        var receiver = new WebhookReceiver();
        receiver.listener.Start();
        receiver.accepting = receiver.AcceptAsync();

        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await accepting;
        listener.Dispose();
        end.Dispose();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptSocketAsync(end.Token));
        }
        catch (OperationCanceledException)
        {
            // The benchmark ends.
        }
    }

    /// <summary>A request arrives in one piece or in two: its head, and its body.</summary>
    async Task ServeAsync(Socket socket)
    {
        var buffer = new byte[16_384];
        var length = 0;

        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(length), end.Token) is var read and > 0)
            {
                length += read;

                var received = buffer.AsSpan(0, length);

                if (!received.StartsWith(Request) || !received.EndsWith(BodyEnd))
                    continue;

                length = 0;
                Interlocked.Increment(ref count);
                await socket.SendAsync(Answer, end.Token);
            }
        }
        catch (Exception ended) when (ended is SocketException or OperationCanceledException)
        {
            // The connection or the benchmark ended.
        }
        finally
        {
            socket.Dispose();
        }
    }
}

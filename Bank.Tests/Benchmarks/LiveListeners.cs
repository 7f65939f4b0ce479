using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bank.Benchmarks;

/// <summary>
/// Listeners to histories that cost as little as a client can: a socket each, whose bytes are looked through
/// for the times of the transactions that they tell.
/// </summary>
sealed class LiveListeners : IAsyncDisposable
{
    /// <summary>How many connect at once.</summary>
    const int AtOnce = 64;

    static readonly byte[] Time = "\"created_at\":\""u8.ToArray();

    readonly List<Socket> sockets = [];
    readonly List<double> latencies = [];
    readonly Lock gate = new();
    Task[] reading = [];

    /// <summary>
    /// For each event, how long after its transaction got its time, before its commit, it arrived; in
    /// milliseconds.
    /// </summary>
    public IReadOnlyList<double> Latencies => latencies;

    /// <summary>Listens to so many accounts, the first ones.</summary>
    public static async Task<LiveListeners> ConnectAsync(Uri api, int count)
    {
        var listeners = new LiveListeners();
        using var turns = new SemaphoreSlim(AtOnce);
        var answered = Enumerable.Range(1, count).Select(async account =>
        {
            await turns.WaitAsync();
            var socket = await ListenAsync(api, account);
            turns.Release();

            return socket;
        });
        listeners.sockets.AddRange(await Task.WhenAll(answered));
        listeners.reading = [.. listeners.sockets.Select(listeners.ReadAsync)];

        return listeners;
    }

    /// <summary>Ends all of them.</summary>
    public async ValueTask DisposeAsync()
    {
        sockets.ForEach(socket => socket.Dispose());
        await Task.WhenAll(reading);
    }

    static async Task<Socket> ListenAsync(Uri api, int account)
    {
        var authorization = BenchmarkLedger.Authorizations[(account - 1) % BenchmarkLedger.Users];
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, api.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET /transactions/account/{account}/live HTTP/1.1\r\nHost: {api.Authority}\r\n"
            + $"Authorization: {authorization}\r\n\r\n"));
        var head = new byte[1024];
        var read = await socket.ReceiveAsync(head);

        return Encoding.ASCII.GetString(head, 0, read).StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal)
            ? socket
            : throw new InvalidOperationException(Encoding.ASCII.GetString(head, 0, read));
    }

    async Task ReadAsync(Socket socket)
    {
        var buffer = new byte[1024];

        try
        {
            while (await socket.ReceiveAsync(buffer) is var read and > 0)
                Note(buffer.AsSpan(..read), DateTimeOffset.UtcNow);
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // It was told to.
        }
    }

    void Note(Span<byte> told, DateTimeOffset now)
    {
        for (var at = told.IndexOf(Time); at >= 0; at = told.IndexOf(Time))
        {
            told = told[(at + Time.Length)..];
            var end = told.IndexOf((byte)'"');

            // One that came in two pieces counts for nothing.
            if (end < 0)
                return;

            var postedAt = DateTimeOffset.Parse(
                Encoding.ASCII.GetString(told[..end]), CultureInfo.InvariantCulture);

            lock (gate)
                latencies.Add((now - postedAt).TotalMilliseconds);
        }
    }
}

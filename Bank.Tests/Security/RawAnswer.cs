using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Bank.Tests.Harness;

namespace Bank.Tests.Security;

/// <summary>A response read from a socket.</summary>
/// <param name="Status">The status code; 0 if the server closed the connection without a response.</param>
/// <param name="Head">The status line and the headers.</param>
/// <param name="Body">The body without chunk sizes.</param>
sealed record RawAnswer(int Status, string Head, string Body)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    static readonly TimeSpan RestIsDue = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether the server answered by itself, before the API saw a request.</summary>
    public bool IsBare => Body.Length == 0 && !Has("X-Content-Type-Options: nosniff");

    /// <summary>Whether the head contains this header.</summary>
    public bool Has(string header) => Head.Contains(header, StringComparison.OrdinalIgnoreCase);

    /// <summary>Sends a request on a new connection and reads until the server closes it.</summary>
    public static async Task<RawAnswer> ToAsync(Uri address, HostileRequest request)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var client = new TcpClient();
        address = HttpVersions.Http1Of(address);
        await client.ConnectAsync(address.Host, address.Port, patience.Token);
        await using var stream = client.GetStream();
        using var received = new MemoryStream();

        try
        {
            await stream.WriteAsync(request.Bytes, patience.Token);

            var answer = CopyAsync(stream, received, patience.Token);

            // Ends an incomplete request, or else the server would wait for the rest.
            if (request.IsBrokenHttp && await Task.WhenAny(answer, Task.Delay(RestIsDue)) != answer)
                client.Client.Shutdown(SocketShutdown.Send);

            await answer;
        }
        catch (Exception reset) when (reset is SocketException or IOException)
        {
            // The server closes the connection when it rejects a request before its end.
        }

        return Parse(Encoding.UTF8.GetString(received.ToArray()));
    }

    /// <summary>Copies until the server closes the connection or begins an endless event stream.</summary>
    static async Task CopyAsync(NetworkStream stream, MemoryStream received, CancellationToken ct)
    {
        var buffer = new byte[16 * 1024];

        while (!IsEventStream(received) && await stream.ReadAsync(buffer, ct) is var read and > 0)
            received.Write(buffer, 0, read);
    }

    static bool IsEventStream(MemoryStream received) =>
        Encoding.UTF8.GetString(received.ToArray().AsSpan(..(int)Math.Min(received.Length, 1024)))
            .Split("\r\n\r\n") is [var head, _, ..]
        && head.Contains("Content-Type: text/event-stream", StringComparison.Ordinal);

    static RawAnswer Parse(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);

        // The server closed the connection before the end of the headers.
        if (end < 0)
            return new RawAnswer(0, text, "");

        var head = text[..end];
        var body = head.Contains("Transfer-Encoding: chunked", StringComparison.Ordinal)
            ? WithoutChunks(text[(end + 4)..])
            : text[(end + 4)..];

        // The rest of a request may count as a second request with its own response.
        var next = body.IndexOf("HTTP/1.1 ", StringComparison.Ordinal);

        return new RawAnswer(
            int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture), head,
            next < 0 ? body : body[..next]);
    }

    /// <summary>No body contains a line break, so the lines are alternately sizes and chunks.</summary>
    static string WithoutChunks(string chunks) => string.Concat(
        chunks.Split("\r\n").Chunk(2).TakeWhile(chunk => chunk[0] != "0").Select(chunk => chunk[^1]));
}

using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Bank.Tests.Harness;

/// <summary>A connection of HTTP/2 without TLS, frame by frame, for what no proper client sends.</summary>
sealed class Http2Connection : IDisposable
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Reset = 3;
    public const byte Settings = 4;
    public const byte Ping = 6;
    public const byte GoAway = 7;
    public const byte WindowUpdate = 8;
    public const byte Continuation = 9;

    const byte EndStream = 1;
    const byte EndHeaders = 4;
    const int HeaderSize = 9;
    const int MaxFrameSize = 16_384;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly TcpClient client = new() { ReceiveBufferSize = 4096 };
    readonly string authority;

    Http2Connection(Uri address) => authority = address.Authority;

    /// <summary>How many bytes wait to be read.</summary>
    public int Available => client.Available;

    /// <summary>The scheme of its requests.</summary>
    public string Scheme { get; init; } = "http";

    /// <summary>The socket.</summary>
    public TcpClient Client => client;

    /// <summary>Connects and sends the preface, and settings without a table of headers.</summary>
    public static async Task<Http2Connection> ConnectAsync(Uri address, string scheme = "http")
    {
        var connection = new Http2Connection(address) { Scheme = scheme };
        await connection.client.ConnectAsync(address.Host, address.Port);
        await connection.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await connection.SendAsync(Settings, 0, 0, 0, 1, 0, 0, 0, 0);

        return connection;
    }

    /// <summary>Sends a frame.</summary>
    public Task SendAsync(byte type, byte flags, int stream, params byte[] payload) =>
        WriteAsync(Frame(type, flags, stream, payload));

    /// <summary>Sends bytes.</summary>
    public async Task WriteAsync(byte[] bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        await client.GetStream().WriteAsync(bytes, patience.Token);
    }

    /// <summary>Sends the head of a request; a method with a body leaves its end open.</summary>
    public Task RequestAsync(
        int stream, string method, string path, params (string Name, string Value)[] headers) =>
        WriteAsync(Request(stream, method, path, headers));

    /// <summary>The bytes of such a head.</summary>
    public byte[] Request(
        int stream, string method, string path, params (string Name, string Value)[] headers)
    {
        (string, string)[] all =
        [
            (":method", method), (":path", path), (":scheme", Scheme), (":authority", authority), .. headers,
        ];

        byte[][] blocks =
            [.. all.SelectMany(header => Literal(header.Item1, header.Item2)).Chunk(MaxFrameSize)];

        return
        [
            .. blocks.SelectMany((block, index) => Frame(
                index == 0 ? Headers : Continuation,
                (byte)((index == 0 && method is "GET" ? EndStream : 0)
                    | (index == blocks.Length - 1 ? EndHeaders : 0)),
                stream, block)),
        ];
    }

    /// <summary>The next frame; null when the server has closed the connection.</summary>
    public async Task<Http2Frame?> ReadAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var head = new byte[HeaderSize];

        try
        {
            await client.GetStream().ReadExactlyAsync(head, patience.Token);
            var payload = new byte[head[0] << 16 | head[1] << 8 | head[2]];
            await client.GetStream().ReadExactlyAsync(payload, patience.Token);

            return new Http2Frame(
                head[3], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)), payload,
                (head[4] & EndStream) != 0);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Reads up to the first such frame of a stream; null when the connection ends before.</summary>
    public async Task<Http2Frame?> ReadAsync(int stream, params byte[] types)
    {
        while (await ReadAsync() is { } frame)
        {
            if (frame.Stream == stream && types.Contains(frame.Type))
                return frame;
        }

        return null;
    }

    /// <summary>The status of a response.</summary>
    public async Task<int?> StatusAsync(int stream) => (await ReadAsync(stream, Headers, Reset))?.Status;

    public void Dispose() => client.Dispose();

    /// <summary>The bytes of a frame.</summary>
    public static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[HeaderSize + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, HeaderSize);

        return frame;
    }

    /// <summary>A header that no table keeps (RFC 7541, section 6.2.2).</summary>
    static IEnumerable<byte> Literal(string name, string value) => [0, .. Text(name), .. Text(value)];

    static IEnumerable<byte> Text(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var rest = bytes.Length - 127;

        if (rest < 0)
            return [(byte)bytes.Length, .. bytes];

        List<byte> length = [127];

        for (; rest >= 128; rest >>= 7)
            length.Add((byte)(128 | rest & 127));

        return [.. length, (byte)rest, .. bytes];
    }
}

/// <summary>A frame from the server.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Stream">Its stream; 0 for the connection.</param>
/// <param name="Payload">Its content.</param>
/// <param name="IsEnd">Whether it ends the stream, if it is of a type that can.</param>
sealed record Http2Frame(byte Type, int Stream, byte[] Payload, bool IsEnd)
{
    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>The error of a frame that ends a stream or the connection.</summary>
    public int Error => BinaryPrimitives.ReadInt32BigEndian(
        Payload.AsSpan(Type == Http2Connection.GoAway ? 4 : 0));

    /// <summary>
    /// The status of a response, which comes first (RFC 7541, appendix A); null if it has none.
    /// </summary>
    public int? Status => Type != Http2Connection.Headers ? null
        : Payload.AsSpan(Payload[0] == 0x20 ? 1 : 0) switch
        {
            [0x88, ..] => 200,
            [0x89, ..] => 204,
            [0x8C, ..] => 400,
            [0x8D, ..] => 404,
            [0x08 or 0x48, 3, var hundreds, var tens, var ones, ..] =>
                100 * (hundreds - '0') + 10 * (tens - '0') + ones - '0',
            _ => null,
        };
}

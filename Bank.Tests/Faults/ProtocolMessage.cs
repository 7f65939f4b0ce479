using System.Buffers.Binary;
using System.Text;

namespace Bank.Tests.Faults;

/// <summary>
/// A message of the PostgreSQL protocol: type, length (which includes itself) and body. Only the first
/// message of a client has no type.
/// </summary>
sealed class ProtocolMessage(byte[] bytes)
{
    const int LengthOfLength = 4;

    /// <summary>Set in the highest byte, it makes a process id that no process has.</summary>
    const byte FarAway = 0x40;

    /// <summary>The ErrorResponse of PgBouncer to a session with settings.</summary>
    public static ProtocolMessage SettingsRefused { get; } = new(
    [
        (byte)'E', 0, 0, 0, 66,
        .. "SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter: options\0\0"u8,
    ]);

    /// <summary>Whether the first message of a client has settings for its session.</summary>
    public bool HasSettings => bytes.AsSpan().IndexOf("\0options\0"u8) >= 0;

    public char Type => (char)bytes[0];

    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>The name and the text of the query in a Parse message.</summary>
    public (string Name, string Text) Parsed => (TextAt(0), TextAt(1));

    /// <summary>The name of the prepared query in a Bind message.</summary>
    public string Bound => TextAt(1);

    /// <summary>Replaces the process id in BackendKeyData by one that no process has.</summary>
    public void RenameSession() => bytes[1 + LengthOfLength] ^= FarAway;

    /// <summary>Replaces the process id in the first, binary column of a DataRow.</summary>
    public void RenameAskedSession() => bytes[1 + LengthOfLength + sizeof(short) + sizeof(int)] ^= FarAway;

    public static Task<ProtocolMessage> ReadFirstAsync(Stream stream) => ReadAsync(stream, typeLength: 0);

    public static Task<ProtocolMessage> ReadAsync(Stream stream) => ReadAsync(stream, typeLength: 1);

    static async Task<ProtocolMessage> ReadAsync(Stream stream, int typeLength)
    {
        var head = new byte[typeLength + LengthOfLength];
        await stream.ReadExactlyAsync(head);
        var bytes = new byte[typeLength + BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(typeLength))];
        head.CopyTo(bytes, 0);
        await stream.ReadExactlyAsync(bytes.AsMemory(head.Length));

        return new ProtocolMessage(bytes);
    }

    /// <summary>One of the zero-terminated texts at the start of the body.</summary>
    string TextAt(int index)
    {
        var rest = bytes.AsSpan(1 + LengthOfLength);

        for (; index > 0; index--)
            rest = rest[(rest.IndexOf((byte)0) + 1)..];

        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)0)]);
    }
}

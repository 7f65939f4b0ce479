using System.Buffers.Binary;
using System.Text;

namespace Bank.Tests.Faults;

/// <summary>
/// A message of the PostgreSQL protocol: a type, a length that counts itself, and a body. Only a client's
/// first message has no type.
/// </summary>
sealed class ProtocolMessage(byte[] bytes)
{
    const int LengthOfLength = 4;

    /// <summary>In the highest byte of a process id it is more than any process has.</summary>
    const byte FarAway = 0x40;

    /// <summary>What PgBouncer says to a session that has settings (ErrorResponse).</summary>
    public static ProtocolMessage SettingsRefused { get; } = new(
    [
        (byte)'E', 0, 0, 0, 66,
        .. "SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter: options\0\0"u8,
    ]);

    /// <summary>Whether a client's first message has settings for its session.</summary>
    public bool HasSettings => bytes.AsSpan().IndexOf("\0options\0"u8) >= 0;

    public char Type => (char)bytes[0];

    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>The name and the text of a statement that a client has parsed.</summary>
    public (string Name, string Text) Parsed => (TextAt(0), TextAt(1));

    /// <summary>The name of the statement that a client binds.</summary>
    public string Bound => TextAt(1);

    /// <summary>Changes the process id that the server says it has (BackendKeyData) to one that nobody has.</summary>
    public void RenameSession() => bytes[1 + LengthOfLength] ^= FarAway;

    /// <summary>Changes it likewise where it is the first column of a row (DataRow), which is binary.</summary>
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

    /// <summary>One of the zero-terminated texts with which the body begins.</summary>
    string TextAt(int index)
    {
        var rest = bytes.AsSpan(1 + LengthOfLength);

        for (; index > 0; index--)
            rest = rest[(rest.IndexOf((byte)0) + 1)..];

        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)0)]);
    }
}

using System.Buffers.Binary;

namespace Bank.Infrastructure.Ledger;

/// <summary>
/// The ids of transactions that one command posts together: UUIDv7 whose last two bytes number them from 0,
/// as RFC 9562 (6.2) allows. So one of them tells the others, and which of them it is.
/// </summary>
static class BatchIds
{
    const int NumberedBytes = 2;

    /// <summary>The first id of a new set.</summary>
    public static Guid New() => At(Guid.CreateVersion7(), 0);

    /// <summary>The one with a number, of the set that an id is of.</summary>
    public static Guid At(Guid id, int number)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[^NumberedBytes..], checked((ushort)number));

        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Which of its set an id is.</summary>
    public static int NumberOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);

        return BinaryPrimitives.ReadUInt16BigEndian(bytes[^NumberedBytes..]);
    }
}

using System.Buffers.Binary;

namespace Bank.Infrastructure.Ledger;

/// <summary>
/// The ids of a batch's transactions: one UUIDv7 whose last two bytes number the transactions from 0, as RFC
/// 9562 (section 6.2) allows. Any of them yields the others and its own position.
/// </summary>
static class BatchIds
{
    const int NumberedBytes = 2;

    /// <summary>The first id of a new batch.</summary>
    public static Guid New() => At(TransactionIds.New(), 0);

    /// <summary>The id at a position in the batch of another id.</summary>
    public static Guid At(Guid id, int number)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[^NumberedBytes..], checked((ushort)number));

        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The position of an id in its batch, from 0.</summary>
    public static int NumberOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);

        return BinaryPrimitives.ReadUInt16BigEndian(bytes[^NumberedBytes..]);
    }
}

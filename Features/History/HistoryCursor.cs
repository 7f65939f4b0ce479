using System.Buffers.Binary;
using System.Buffers.Text;

namespace Bank.Features.History;

/// <summary>
/// Where a page of a history ended. To clients it is an opaque text; inside is the order of the pages and the
/// sequence of the last transaction, so that pages neither skip nor repeat one while the history grows.
/// </summary>
readonly record struct HistoryCursor(HistoryOrder Order, long Sequence)
{
    const int Length = 1 + sizeof(long);

    /// <summary>Reads a cursor; false when this API never made it.</summary>
    public static bool TryParse(string text, out HistoryCursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[Length];

        if (!Base64Url.IsValid(text, out var length) || length != Length
            || !Base64Url.TryDecodeFromChars(text, bytes, out _) || bytes[0] > (byte)HistoryOrder.Desc)
            return false;

        cursor = new HistoryCursor((HistoryOrder)bytes[0], BinaryPrimitives.ReadInt64BigEndian(bytes[1..]));
        return true;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = (byte)Order;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], Sequence);

        return Base64Url.EncodeToString(bytes);
    }
}

using System.Buffers.Binary;
using System.Buffers.Text;

namespace Bank.Infrastructure.Http;

/// <summary>
/// The end of a page of a list, opaque to clients. It holds the list and its order, and the number of the
/// page's last item, so that pages neither skip nor repeat an item while the list grows.
/// </summary>
/// <param name="List">
/// A number for each list and order; the cursor of one is not valid for another.
/// </param>
/// <param name="Last">The number of the last item, by which the list is sorted.</param>
readonly record struct PageCursor(byte List, long Last)
{
    const int Length = 1 + sizeof(long);

    /// <summary>
    /// The number after which a page starts; null for the first page and for text that is not a cursor of the
    /// list, which the validator refuses.
    /// </summary>
    public static long? After(string? text, byte list) =>
        text is not null && TryParse(text, out var cursor) && cursor.List == list ? cursor.Last : null;

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = List;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], Last);

        return Base64Url.EncodeToString(bytes);
    }

    static bool TryParse(string text, out PageCursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[Length];

        if (!Base64Url.IsValid(text, out var length) || length != Length
            || !Base64Url.TryDecodeFromChars(text, bytes, out _))
            return false;

        cursor = new PageCursor(bytes[0], BinaryPrimitives.ReadInt64BigEndian(bytes[1..]));
        return true;
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Bank.Infrastructure.Ledger;

/// <summary>
/// Makes the ids of transactions: UUIDv7 (RFC 9562, section 5.7), whose random bits come from a block of the
/// thread. The operating system fills a block at a time, because a system call for each id costs more than
/// all the rest of it.
/// </summary>
static class TransactionIds
{
    /// <summary>The bytes of an id behind its time.</summary>
    const int RandomBytes = 10;

    const int BlockSize = 400 * RandomBytes;

    [ThreadStatic]
    static byte[]? block;

    /// <summary>How many bytes of the block are left; the others are used.</summary>
    [ThreadStatic]
    static int unused;

    public static Guid New()
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() << 16);
        TakeRandom(id[^RandomBytes..]);

        // The version, and the variant.
        id[6] = (byte)(0x70 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));

        return new Guid(id, bigEndian: true);
    }

    /// <summary>Moves unused bytes of the block; they are never used again.</summary>
    static void TakeRandom(Span<byte> destination)
    {
        block ??= new byte[BlockSize];

        if (unused == 0)
        {
            RandomNumberGenerator.Fill(block);
            unused = BlockSize;
        }

        unused -= RandomBytes;
        block.AsSpan(unused, RandomBytes).CopyTo(destination);
    }
}

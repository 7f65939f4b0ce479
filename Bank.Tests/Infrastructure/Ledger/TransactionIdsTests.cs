using Bank.Infrastructure.Ledger;

namespace Bank.Tests.Infrastructure.Ledger;

public sealed class TransactionIdsTests
{
    const int Threads = 16;
    const int IdsEach = 20_000;

    /// <summary>The random bits in the last eight bytes, without the two of the variant.</summary>
    const ulong RandomBits = ulong.MaxValue >> 2;

    [Fact]
    public void Ids_are_version_7_UUIDs_of_the_current_time()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var ids = Enumerable.Range(0, 2000).Select(_ => TransactionIds.New()).ToArray();
        var after = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

        ids.ShouldAllBe(id => id.Version == 7 && id.Variant >= 8 && id.Variant <= 11);
        ids.ShouldAllBe(id => TimeOf(id) >= before && TimeOf(id) <= after);
        ids.Select(TimeOf).ShouldBeInOrder();
    }

    [Fact]
    public void Random_bits_are_never_used_twice_by_any_thread()
    {
        var ids = new Guid[Threads][];
        var threads = Enumerable.Range(0, Threads)
            .Select(number => new Thread(() =>
                ids[number] = [.. Enumerable.Range(0, IdsEach).Select(_ => TransactionIds.New())]))
            .ToArray();

        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        var tails = ids.SelectMany(of => of).Select(id => RandomBits & BitConverter.ToUInt64(Bytes(id), 8));
        tails.Distinct().Count().ShouldBe(Threads * IdsEach);
    }

    [Fact]
    public void Every_random_bit_is_0_in_half_of_the_ids()
    {
        var ids = Enumerable.Range(0, IdsEach).Select(_ => Bytes(TransactionIds.New())).ToArray();

        // 48 bits are the time, 4 the version and 2 the variant. Twelve standard deviations are 850.
        foreach (var bit in Enumerable.Range(52, 76).Except([64, 65]))
            ids.Count(id => (id[bit / 8] >> (7 - bit % 8) & 1) == 0)
                .ShouldBeInRange(IdsEach / 2 - 850, IdsEach / 2 + 850, $"bit {bit}");
    }

    static long TimeOf(Guid id) => Convert.ToInt64($"{id:n}"[..12], 16);

    static byte[] Bytes(Guid id) => id.ToByteArray(bigEndian: true);
}

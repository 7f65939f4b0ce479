using Bank.Infrastructure.Ledger;

namespace Bank.Tests.Infrastructure.Ledger;

public sealed class BatchIdsTests
{
    [Fact]
    public void Ids_of_a_batch_are_consecutive_version_7_UUIDs()
    {
        var first = BatchIds.New();

        var ids = Enumerable.Range(0, 500).Select(number => BatchIds.At(first, number)).ToArray();

        ids[0].ShouldBe(first);
        ids.ShouldAllBe(id => id.Version == 7 && id.Variant >= 8 && id.Variant <= 11);
        ids.Select(BatchIds.NumberOf).ShouldBe(Enumerable.Range(0, 500));
        ids.Select(id => $"{id}").ShouldBeInOrder();
        ids.Select(id => BatchIds.At(id, 0)).Distinct().ShouldBe([first]);
    }

    [Fact]
    public void Ids_of_different_batches_are_unique() =>
        Enumerable.Range(0, 1000).Select(_ => BatchIds.New()).Distinct().Count().ShouldBe(1000);
}

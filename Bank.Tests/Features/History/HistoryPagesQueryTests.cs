using Bank.Features.History;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.History;

public sealed class HistoryPagesQueryTests(BankServer bank)
{
    const int Pages = 32;
    const int Size = HistoryPagesQuery.LargestPage;

    [Theory]
    [InlineData(1000)]
    [InlineData(20_000)]
    public async Task Pages_sharing_one_query_cost_the_same_in_long_histories(int length)
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await LongHistory.WriteForOneAsync(own.Database, length);
        await using var connection = await own.Database.OpenConnectionAsync();

        var plan = await Plan.OfAsync(
            connection, typeof(HistoryPagesQuery), "Sql",
            ("ids", "bigint[]", Array(_ => 1)), ("userIds", "bigint[]", Array(_ => 1)),
            ("lows", "bigint[]", Array(page => page * length / Pages)),
            ("highs", "bigint[]", Array(page => page * length / Pages + Size - 1)),
            ("sizes", "integer[]", Array(_ => Size)));

        plan.Steps.ShouldAllBe(step => step.Rows <= Pages * Size);
    }

    static string Array(Func<int, int> element) =>
        $"{{{string.Join(',', Enumerable.Range(0, Pages).Select(element))}}}";
}

using Bank.Features.History;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.History;

public sealed class GetHistoryQueryTests(BankServer bank)
{
    const int Limit = 100;
    const int Pages = 32;
    const int SharedSize = GetHistoryQuery.MaxSharedPageSize;

    [Theory]
    [InlineData(1000)]
    [InlineData(20_000)]
    public async Task Page_cost_does_not_depend_on_the_length_of_the_history(int length)
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await LongHistory.WriteForOneAsync(own.Database, length);

        foreach (var after in new[] { 0, length / 2, length })
        {
            await ShouldReadAPageAsync(own, "OldestFirstSql", low: after + 1);
            await ShouldReadAPageAsync(own, "NewestFirstSql", high: after);
        }

        foreach (var sql in new[] { "OldestFirstSql", "NewestFirstSql" })
        {
            await ShouldReadAPageAsync(own, sql, direction: "in");
            await ShouldReadAPageAsync(own, sql, direction: "out", since: length / 3, until: length / 2);
        }
    }

    [Fact]
    public async Task Page_cost_is_bounded_when_no_transaction_has_the_direction()
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await LongHistory.WriteForOneAsync(own.Database, 20_000);
        await own.Database.ExecuteAsync(
            """
            INSERT INTO accounts (user_id) SELECT id FROM users;
            INSERT INTO transactions (id, to_account_id, amount, to_balance, to_version, created_at)
            SELECT gen_random_uuid(), 2, 1, n, n, now() FROM generate_series(1, 20000) AS n;
            UPDATE accounts SET balance = 20000, version = 20000, posted_at = now() WHERE id = 2;
            """);

        await ShouldReadAPageAsync(own, "OldestFirstSql", direction: "out", account: 2);
        await ShouldReadAPageAsync(own, "NewestFirstSql", direction: "out", account: 2);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(20_000)]
    public async Task Pages_sharing_one_query_cost_the_same_in_long_histories(int length)
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await LongHistory.WriteForOneAsync(own.Database, length);
        await using var connection = await own.Database.OpenConnectionAsync();

        foreach (var sql in new[] { "OldestFirstSql", "NewestFirstSql" })
        {
            var plan = await Plan.OfAsync(
                connection, typeof(GetHistoryQuery), sql,
                ("accountIds", "bigint[]", Array(_ => "1")), ("userIds", "bigint[]", Array(_ => "1")),
                ("lows", "bigint[]", Array(page => $"{page * length / Pages}")),
                ("highs", "bigint[]", Array(page => $"{page * length / Pages + SharedSize - 1}")),
                ("sizes", "integer[]", Array(_ => $"{SharedSize}")),
                ("sinces", "timestamptz[]", Array(_ => "NULL")),
                ("untils", "timestamptz[]", Array(_ => "NULL")),
                ("directions", "text[]", Array(_ => "NULL")));

            plan.Steps.ShouldAllBe(step => step.Rows <= Pages * SharedSize);
        }
    }

    static async Task ShouldReadAPageAsync(
        IsolatedDatabase own, string sql, long low = 1, long high = long.MaxValue,
        string direction = "NULL", long? since = null, long? until = null, long account = 1)
    {
        await using var connection = await own.Database.OpenConnectionAsync();

        var plan = await Plan.OfAsync(
            connection, typeof(GetHistoryQuery), sql,
            ("accountIds", "bigint[]", $"{{{account}}}"), ("userIds", "bigint[]", "{1}"),
            ("lows", "bigint[]", $"{{{low}}}"), ("highs", "bigint[]", $"{{{high}}}"),
            ("sizes", "integer[]", $"{{{Limit + 1}}}"),
            ("sinces", "timestamptz[]", since is { } first ? $"{{{LongHistory.At(first):O}}}" : "{NULL}"),
            ("untils", "timestamptz[]", until is { } end ? $"{{{LongHistory.At(end):O}}}" : "{NULL}"),
            ("directions", "text[]", $"{{{direction}}}"));

        plan.Steps.Count(step => step.Kind == "Index Scan").ShouldBeGreaterThanOrEqualTo(2);
        plan.Steps.ShouldAllBe(step => step.Rows <= Limit + 1);
    }

    static string Array(Func<int, string> element) =>
        $"{{{string.Join(',', Enumerable.Range(0, Pages).Select(element))}}}";
}

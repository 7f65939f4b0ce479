using System.Net.Http.Json;
using System.Text.Json;
using Bank.Features.History;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Features.History;

public sealed class SearchHistoryQueryTests(BankServer bank)
{
    /// <summary>The number of transactions that a page looks at.</summary>
    const int MaxLooked = 10_000;

    const int Limit = 100;

    [Fact]
    public async Task Page_by_reference_reads_as_many_rows_as_it_has()
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await LongHistory.WriteForOneAsync(own.Database, 30_000, "Rent", every: 50);
        await using var connection = await own.Database.OpenConnectionAsync();

        foreach (var sql in new[] { "OldestFirstByReferenceSql", "NewestFirstByReferenceSql" })
        {
            var plan = await PlanAsync(connection, sql, reference: "Rent");

            plan.Steps.Count(step => step.Kind.StartsWith("Index", StringComparison.Ordinal))
                .ShouldBeGreaterThanOrEqualTo(2);
            plan.Steps.ShouldAllBe(step => step.Rows <= Limit + 2);
        }
    }

    [Theory]
    [InlineData("OldestFirstSql")]
    [InlineData("NewestFirstSql")]
    [InlineData("OldestFirstByReferenceSql")]
    [InlineData("NewestFirstByReferenceSql")]
    public async Task Search_without_matches_reads_a_bounded_number_of_rows(string sql)
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await LongHistory.WriteForOneAsync(own.Database, 30_000, "Rent");
        await using var connection = await own.Database.OpenConnectionAsync();

        var plan = await PlanAsync(connection, sql, reference: "Rent", minAmount: 1000);

        plan.Steps.ShouldAllBe(step => step.Rows <= MaxLooked + 2);
    }

    [Theory]
    [InlineData("asc", "")]
    [InlineData("desc", "")]
    [InlineData("asc", "&direction=in")]
    [InlineData("desc", "&reference=Rent")]
    public async Task Search_through_a_long_history_continues_after_empty_pages(string order, string more)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        await LongHistory.WriteAsync(bank.Database, accounts[0], 2 * MaxLooked + 2, "Rent");
        using var deposit = await customer.PostAsync(
            "/transactions/deposit",
            JsonSerializer.Serialize(new { account_id = accounts[0], amount = 77, reference = "Rent" }));
        deposit.EnsureSuccessStatusCode();
        var (pages, found) = (0, new List<JsonElement>());

        for (var cursor = ""; cursor is not null; pages++)
        {
            using var page = await customer.Http.GetAsync(
                $"/transactions/account/{accounts[0]}?min_amount=5&order={order}{more}{cursor}");
            found.AddRange((await page.Content.ReadFromJsonAsync<JsonElement[]>())!);
            cursor = NextOf(page);
        }

        pages.ShouldBe(more == "&direction=in" ? 2 : 3);
        found.ShouldHaveSingleItem().GetProperty("amount").GetRawText().ShouldBe("77.00");
    }

    [Fact]
    public async Task Row_at_the_limit_is_found_once()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        await LongHistory.WriteAsync(bank.Database, accounts[0], MaxLooked, "Rent");
        var path = $"/transactions/account/{accounts[0]}?order=asc&limit=1000&max_amount=1";
        var (sequences, cursor) = (new List<long>(), (string?)"");

        while (cursor is not null)
        {
            using var page = await customer.Http.GetAsync($"{path}{cursor}");
            sequences.AddRange((await page.Content.ReadFromJsonAsync<JsonElement[]>())!
                .Select(item => item.GetProperty("sequence").GetInt64()));
            cursor = NextOf(page);
        }

        sequences.ShouldBe(Enumerable.Range(1, MaxLooked).Select(sequence => (long)sequence));
    }

    static string? NextOf(HttpResponseMessage page) =>
        page.Headers.TryGetValues("Next-Cursor", out var next) ? $"&cursor={next.Single()}" : null;

    static Task<Plan> PlanAsync(
        NpgsqlConnection connection, string sql, string reference, long minAmount = 0) => Plan.OfAsync(
        connection, typeof(SearchHistoryQuery), sql, ("accountId", "bigint", "1"),
        ("reference", "text", reference), ("low", "bigint", "1"), ("high", "bigint", $"{long.MaxValue}"),
        ("direction", "text", "NULL"), ("minAmount", "bigint", $"{minAmount}"),
        ("maxAmount", "bigint", $"{long.MaxValue}"), ("counterparty", "bigint", "NULL"),
        ("size", "integer", $"{Limit + 1}"));
}

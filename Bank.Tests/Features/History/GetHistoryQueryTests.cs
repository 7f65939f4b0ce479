using Bank.Features.History;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.History;

public sealed class GetHistoryQueryTests(BankServer bank)
{
    const int Limit = 100;

    [Theory]
    [InlineData(1000)]
    [InlineData(20_000)]
    public async Task The_cost_of_a_page_is_that_of_the_page_however_long_the_history(int length)
    {
        await using var own = await OwnDatabase.CreateMigratedAsync(bank);
        await own.Database.ExecuteAsync(
            """
            INSERT INTO users (username, password_hash) VALUES ('saver', '');
            INSERT INTO accounts (user_id) SELECT id FROM users;
            """);
        await own.Database.ExecuteAsync(
            """
            INSERT INTO transactions (
                id, from_account_id, to_account_id, amount,
                from_balance, to_balance, from_version, to_version, created_at)
            SELECT gen_random_uuid(), CASE WHEN is_debit THEN 1 END, CASE WHEN NOT is_debit THEN 1 END, 1,
                   CASE WHEN is_debit THEN 0 END, CASE WHEN NOT is_debit THEN 1 END,
                   CASE WHEN is_debit THEN version END, CASE WHEN NOT is_debit THEN version END, now()
            FROM (
                SELECT version, version % 2 = 0 AS is_debit
                FROM generate_series(1, $1) AS version
            ) AS movement
            """,
            length);
        await own.Database.ExecuteAsync("UPDATE accounts SET version = $1", length);
        await own.Database.ExecuteAsync("ANALYZE accounts, transactions");
        await new RecordedLedger(own.Database).ShouldHoldAsync(1);

        foreach (var after in new[] { 0, length / 2, length })
        {
            await ShouldReadAPageAsync(own, after + 1, after + Limit + 1);
            await ShouldReadAPageAsync(own, 1, after);
        }

        await ShouldReadAPageAsync(own, 1, long.MaxValue);
    }

    static async Task ShouldReadAPageAsync(OwnDatabase own, long low, long high)
    {
        await using var connection = await own.Database.OpenConnectionAsync();

        var plan = await Plan.OfAsync(
            connection, typeof(GetHistoryQuery), "Sql",
            ("id", "bigint", "1"), ("userId", "bigint", "1"), ("low", "bigint", $"{low}"),
            ("high", "bigint", $"{high}"), ("limit", "integer", $"{Limit + 1}"));

        plan.Steps.Count(step => step.Kind == "Index Scan").ShouldBeGreaterThanOrEqualTo(2);
        plan.Steps.ShouldAllBe(step => step.Rows <= Limit + 1);
    }
}

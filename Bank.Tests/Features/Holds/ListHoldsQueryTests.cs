using Bank.Features.Holds;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Holds;

public sealed class ListHoldsQueryTests(BankServer bank)
{
    const int Limit = 20;

    /// <summary>
    /// Account 1 has few open holds, all older than its closed ones; account 2 has many.
    /// </summary>
    const string FillSql =
        """
        SET session_replication_role = replica;
        INSERT INTO users (username, password_hash) VALUES ('owner', '');
        INSERT INTO accounts (user_id) SELECT id FROM users, generate_series(1, 50);
        INSERT INTO holds (
            id, from_account_id, to_account_id, amount, status, settled_by, created_at, expires_at)
        SELECT gen_random_uuid(), sides.payer, sides.payee, 1,
               CASE WHEN is_open THEN 'held' ELSE 'captured' END,
               CASE WHEN NOT is_open THEN gen_random_uuid() END, now(), now() + interval '1 day'
        FROM generate_series(1, 5000) AS number
        CROSS JOIN (VALUES (1, false), (2, false), (1, true), (2, true)) AS side (account, pays)
        CROSS JOIN LATERAL (
            SELECT CASE WHEN pays THEN account ELSE 3 + number % 40 END,
                   CASE WHEN pays THEN 3 + number % 40 ELSE account END,
                   CASE account WHEN 1 THEN number <= 5 ELSE number % 2 = 0 END
        ) AS sides (payer, payee, is_open);
        ANALYZE holds;
        """;

    [Fact]
    public async Task Page_of_open_holds_reads_no_closed_ones()
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(bank);
        await using var connection = await own.Database.OpenConnectionAsync();
        await own.Database.ExecuteAsync(FillSql);

        foreach (var account in new[] { 1, 2 })
        {
            var plan = await Plan.OfAsync(
                connection, typeof(ListHoldsQuery), "OpenSql",
                ("id", "bigint", $"{account}"), ("userId", "bigint", "1"),
                ("before", "bigint", $"{long.MaxValue}"), ("limit", "integer", $"{Limit}"));

            plan.Steps.ShouldAllBe(step => step.Rows <= 2 * Limit);
            plan.Steps.ShouldContain(step => step.Rows == (account == 1 ? 10 : 2 * Limit));
        }
    }
}

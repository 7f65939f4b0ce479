using System.Net;
using Bank.Features.Users;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Users;

[Trait("Speed", "Slow")]
public sealed class DeleteMeQueryTests(BankServer server)
{
    const int Accounts = 500_000;

    [Fact]
    public async Task Deletion_with_money_left_locks_none_of_500000_accounts()
    {
        await using var bank = await IsolatedBank.StartAsync(server);
        var customer = await bank.RegisterAsync();
        var user = await customer.IdAsync();
        await bank.Database.ExecuteAsync(
            $"""
            BEGIN;
            SET LOCAL session_replication_role = replica;
            INSERT INTO accounts (user_id, balance)
            SELECT {user}, number / {Accounts} FROM generate_series(1, {Accounts}) AS number;
            COMMIT;
            ANALYZE accounts;
            """);
        await using var connection = await bank.Database.OpenConnectionAsync();

        using var response = await customer.Http.DeleteAsync("/auth/me");
        var plan = await Plan.OfAsync(
            connection, typeof(DeleteMeQuery), "CheckSql", ("userId", "bigint", $"{user}"));

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "accounts_not_empty");
        (await bank.Database.ScalarAsync<long>("SELECT count(*) FROM accounts WHERE xmax <> 0")).ShouldBe(0);
        plan.Steps.ShouldAllBe(step => step.Rows <= Accounts);
    }
}

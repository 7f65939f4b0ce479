using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Ledger;

/// <summary>The versions of an account are its order, and time follows them.</summary>
public sealed class TimeTests(BankServer bank)
{
    const string TimesSql =
        """
        SELECT created_at
        FROM transactions
        WHERE from_account_id = $1 OR to_account_id = $1
        ORDER BY CASE WHEN from_account_id = $1 THEN from_version ELSE to_version END
        """;

    [Fact]
    public async Task Transaction_times_follow_the_versions_of_an_account()
    {
        var (customer, accounts) = await bank.RegisterAsync(1000m, 1000m);

        await Burst.OfAsync(200, index => (index % 4) switch
        {
            0 => customer.DepositAsync(accounts[0], 1m),
            1 => customer.WithdrawAsync(accounts[0], 1m),
            2 => customer.TransferAsync(accounts[0], accounts[1], 1m),
            _ => customer.TransferAsync(accounts[1], accounts[0], 1m),
        });

        foreach (var account in accounts)
        {
            var times = await bank.Database.QueryAsync(TimesSql, row => row.GetDateTime(0), account);
            times.Length.ShouldBeGreaterThan(100);
            times.ShouldBe(times.Order());
        }
    }

    [Fact]
    public async Task Transaction_times_never_decrease_after_a_clock_rollback()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 10m);
        var later = DateTime.UtcNow.AddHours(1);
        await bank.Database.ExecuteAsync(
            "UPDATE accounts SET posted_at = $2 WHERE id = $1", accounts[1], later);

        (await customer.TransferAsync(accounts[0], accounts[1], 1m)).Dispose();
        (await customer.DepositAsync(accounts[0], 1m)).Dispose();
        (await customer.WithdrawAsync(accounts[1], 1m)).Dispose();

        foreach (var account in accounts)
        {
            var times = await bank.Database.QueryAsync(TimesSql, row => row.GetDateTime(0), account);
            times.ShouldBe(times.Order());
            times[^1].ShouldBe(later, TimeSpan.FromMilliseconds(1));
        }
    }
}

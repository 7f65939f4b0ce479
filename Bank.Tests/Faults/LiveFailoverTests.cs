using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>Live history during a failover.</summary>
[Collection("Failover")]
[Trait("Speed", "Slow")]
public sealed class LiveFailoverTests(ReplicatedPostgres pair)
{
    [Fact]
    public async Task Live_history_continues_on_the_new_primary_after_failover()
    {
        await using var bank = await ReplicatedBank.StartAsync(pair);
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync(1m);
        await using var live = await LiveHistoryClient.SubscribeAsync(customer, account, "0");
        (await live.SequencesAsync(1)).ShouldBe([1]);

        pair.Primary.Kill();
        await pair.PromoteAsync();
        await Eventually.TrueAsync(() => IsPostedAsync(customer, account), "it is posted");

        (await live.SequencesAsync(1)).ShouldBe([2]);
    }

    [Fact]
    public async Task Subscriber_ahead_of_the_new_primary_is_closed_and_refused()
    {
        await using var bank = await ReplicatedBank.StartAsync(pair);
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync(1m);
        await using var live = await LiveHistoryClient.SubscribeAsync(customer, account);

        await pair.Primary.WaitForStandbyAsync(false);
        await pair.Standby.UnfollowAsync();
        (await customer.DepositAsync(account, 1m)).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await live.SequencesAsync(1)).ShouldBe([2]);
        await pair.PromoteAsync();

        (await live.NextAsync()).ShouldBeNull();
        using var refused = await LiveHistoryClient.RequestAsync(customer, account, "2");
        await refused.ShouldRefuseFieldAsync("Last-Event-ID");
    }

    static async Task<bool> IsPostedAsync(Customer customer, long account)
    {
        using var response = await customer.DepositAsync(account, 1m, "once");
        return response.IsSuccessStatusCode;
    }
}

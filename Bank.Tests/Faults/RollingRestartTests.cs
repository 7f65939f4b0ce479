using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>Two instances behind a load balancer; one restarts, as in a rolling update.</summary>
[Collection("Faults")]
[Trait("Speed", "Slow")]
public sealed class RollingRestartTests(BankServer server)
{
    static readonly string[] Settings =
    [
        "Serving:ShutdownDelay=00:00:02", "Limits:RequestsPerUser=0", "GroupCommit:CommandsPerUser=0",
    ];

    [Fact]
    public async Task Rolling_restarts_lose_no_request_and_answer_correctly()
    {
        await using var database = await IsolatedDatabase.CreateAsync(server);
        var instances = await BankProcess.StartAsync(2, database.ConnectionString, Settings);
        await using var stays = instances[0];
        var restarted = instances[1];
        await using var balancer = new LoadBalancer(stays.Address, restarted.Address);
        var customers = await SimulatedCustomers.OpenAsync(
            new RecordedLedger(database.Database), balancer.Address, accounts: 16);
        var traffic = new Traffic(customers.Clients(32, balancer.Address));

        for (var restart = 0; restart < 3; restart++)
        {
            await traffic.PostMoreAsync(200);
            (await restarted.StopAsync()).ShouldBe(0);
            await restarted.DisposeAsync();
            restarted = await BankProcess.StartAsync(
                database.ConnectionString, [.. Settings, $"urls={restarted.Address}"]);
            await Eventually.TrueAsync(() => balancer.Uses(restarted.Address), "it is used again");
        }

        await traffic.PostMoreAsync(200);
        var attempts = await traffic.StopAsync();
        await restarted.DisposeAsync();

        traffic.DisconnectedClients.ShouldBe(0);
        attempts.ShouldAllBe(attempt => !attempt.Replies[0].NeedsRetry);
        await customers.ShouldMatchLedgerAsync(attempts);
    }

    [Fact]
    public async Task Draining_instance_is_not_ready_but_still_serves_requests()
    {
        await using var bank = await IsolatedBank.StartAsync(server, "Serving:ShutdownDelay=00:00:03");
        var customer = await bank.RegisterAsync();
        var account = await customer.OpenAccountAsync(1m);
        using var before = await customer.Http.GetAsync("/health/ready");

        var stop = bank.StopAsync();
        await Eventually.TrueAsync(
            async () => (await customer.Http.GetAsync("/health/ready")).StatusCode
                == HttpStatusCode.ServiceUnavailable,
            "it is not ready");
        using var deposit = await customer.DepositAsync(account, 1m);
        using var healthy = await customer.Http.GetAsync("/health");

        before.StatusCode.ShouldBe(HttpStatusCode.OK);
        before.Headers.ConnectionClose.ShouldNotBe(true);
        deposit.StatusCode.ShouldBe(HttpStatusCode.Created);
        deposit.Headers.ConnectionClose.ShouldBe(true);
        healthy.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await stop).ShouldBe(0);
    }
}

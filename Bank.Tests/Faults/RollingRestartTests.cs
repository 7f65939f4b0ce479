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

    [Theory]
    [MemberData(nameof(HttpVersions.Both), MemberType = typeof(HttpVersions))]
    public async Task Rolling_restarts_lose_no_request_and_answer_correctly(string version)
    {
        HttpVersions.Speak(version);
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
                database.ConnectionString, [.. Settings, HttpVersions.SettingOf(restarted.Address)]);
            await Eventually.TrueAsync(() => balancer.Uses(restarted.Address), "it is used again");
        }

        await traffic.PostMoreAsync(200);
        var attempts = await traffic.StopAsync();
        await restarted.DisposeAsync();

        traffic.DisconnectedClients.ShouldBe(0);
        attempts.ShouldAllBe(attempt => !attempt.Replies[0].NeedsRetry);
        await customers.ShouldMatchLedgerAsync(attempts);
    }

    [Theory]
    [MemberData(nameof(HttpVersions.Both), MemberType = typeof(HttpVersions))]
    public async Task Draining_instance_is_not_ready_but_still_serves_requests(string version)
    {
        HttpVersions.Speak(version);
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
        deposit.Headers.ConnectionClose.ShouldBe(HttpVersions.IsHttp2 ? null : true);
        healthy.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await stop).ShouldBe(0);
    }

    [Fact]
    public async Task Draining_instance_lets_HTTP_2_clients_connect_anew()
    {
        HttpVersions.Speak(HttpVersions.Http2);
        await using var bank = await IsolatedBank.StartAsync(server, "Serving:ShutdownDelay=00:00:03");
        using var http = bank.Anonymous();
        using var connection = await Http2Connection.ConnectAsync(bank.Address);
        await connection.RequestAsync(1, "GET", "/health");
        (await connection.StatusAsync(1)).ShouldBe(200);

        var stop = bank.StopAsync();
        await Eventually.TrueAsync(
            async () => !(await http.GetAsync("/health/ready")).IsSuccessStatusCode, "it is not ready");
        await connection.RequestAsync(3, "GET", "/health");

        (await connection.ReadAsync(0, Http2Connection.GoAway)).ShouldNotBeNull().Error.ShouldBe(0);
        (await connection.StatusAsync(3)).ShouldBe(200);
        (await connection.ReadAsync(0, Http2Connection.Reset)).ShouldBeNull("the connection is closed");
        (await http.GetAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await stop).ShouldBe(0);
    }
}

using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

[Collection("Faults")]
[Trait("Speed", "Slow")]
public sealed class LostConnectionTests(BankServer server)
{
    const int Clients = 64;
    const int Faults = 8;

    [Theory]
    [InlineData(4)]
    [InlineData(64)]
    public async Task Ledger_matches_all_responses_under_connection_faults(int accounts)
    {
        await using var bank = await BankBehindProxy.StartAsync(server, "Database:CommitTimeout=00:00:04");
        var customers = await SimulatedCustomers.OpenAsync(bank.Ledger, bank.Api.Address, accounts);
        var traffic = new Traffic(customers.Clients(Clients, bank.Api.Address));

        await DisturbAsync(bank.Proxy, traffic);
        await bank.Proxy.StallForAsync(TimeSpan.FromSeconds(2.5));
        await traffic.PostMoreAsync(100);
        var attempts = await traffic.StopAsync();

        attempts.ShouldContain(attempt => attempt.Movement.Original != null && attempt.IsPosted);
        await customers.ShouldMatchLedgerAsync(attempts);
    }

    [Fact]
    public async Task Two_APIs_post_each_key_once_under_connection_faults()
    {
        await using var bank = await BankBehindProxy.StartAsync(server, "Database:CommitTimeout=00:00:04");
        var second = await bank.StartApiAsync("Database:CommitTimeout=00:00:04");
        var customers = await SimulatedCustomers.OpenAsync(bank.Ledger, bank.Api.Address, accounts: 8);
        var traffic = new Traffic(customers.Clients(Clients / 2, bank.Api.Address, second.Address));

        await DisturbAsync(bank.Proxy, traffic);
        var attempts = await traffic.StopAsync();

        await customers.ShouldMatchLedgerAsync(attempts);
    }

    /// <summary>Lets the connections fail in every way, again and again, while money is on its way.</summary>
    static async Task DisturbAsync(DatabaseProxy proxy, Traffic traffic)
    {
        var random = new Random(1);

        for (var fault = 0; fault < Faults; fault++)
        {
            await traffic.PostMoreAsync(random.Next(20, 150));
            await ((fault % 4) switch
            {
                0 => proxy.DropResponsesForAsync(TimeSpan.Zero),
                1 => proxy.DropResponsesForAsync(TimeSpan.FromMilliseconds(random.Next(30))),
                2 => proxy.StallForAsync(TimeSpan.FromMilliseconds(random.Next(300))),
                _ => proxy.CutOnceAsync(random.Next(2) == 0 ? CutPoint.AfterRequest : CutPoint.BeforeReady),
            });
        }

    }
}

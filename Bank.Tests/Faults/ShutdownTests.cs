using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

[Collection("Faults")]
[Trait("Speed", "Slow")]
public sealed class ShutdownTests(BankServer server)
{
    [Theory]
    [MemberData(nameof(HttpVersions.Both), MemberType = typeof(HttpVersions))]
    public async Task Shutdown_under_load_answers_every_accepted_command(string version)
    {
        HttpVersions.Speak(version);
        await using var bank = await BankBehindProxy.StartAsync(server);
        var customers = await SimulatedCustomers.OpenAsync(bank.Ledger, bank.Api.Address, accounts: 16);
        var traffic = new Traffic(customers.Clients(64, bank.Api.Address));

        await traffic.PostMoreAsync(200);
        var exitCode = await bank.Api.StopAsync();
        var attempts = await traffic.StopAsync();

        exitCode.ShouldBe(0);
        attempts.ShouldContain(attempt => attempt.IsPosted);
        await customers.ShouldMatchLedgerAsync(attempts);
    }

    [Fact]
    public async Task Shutdown_during_a_database_outage_answers_outcome_unknown()
    {
        await using var bank = await BankBehindProxy.StartAsync(server, "Database:CommitTimeout=00:00:02");
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync(1m);

        bank.Proxy.DropResponses();
        var deposit = customer.DepositAsync(account, 1m);
        await Eventually.TrueAsync(async () => await bank.Ledger.SumAsync(account) == 2m, "posted unheard");
        var exitCode = await bank.Api.StopAsync();

        using var answer = await deposit;
        await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "outcome_unknown");
        exitCode.ShouldBe(0);
    }
}

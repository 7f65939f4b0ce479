using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>The API detects a pooler, such as PgBouncer, in front of its database.</summary>
[Collection("Faults")]
[Trait("Speed", "Slow")]
public sealed class PoolerTests(BankServer server)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task API_refuses_to_start_behind_a_pooler_and_says_why(bool ignoresSettings)
    {
        await using var database = await IsolatedDatabase.CreateAsync(server);
        await using var pooler = new DatabaseProxy(database.ConnectionString)
        {
            RenamesSessions = true,
            RefusesSettings = !ignoresSettings,
        };

        var refusal = await Should.ThrowAsync<InvalidOperationException>(
            () => BankProcess.StartAsync(pooler.ConnectionString));

        refusal.Message.ShouldContain("exit code 1");
        refusal.Message.ShouldContain("Is there a pooler, such as PgBouncer, in between?");
        refusal.Message.ShouldNotContain("   at ");
    }

    /// <summary>
    /// The pooler hides the lost session, so the API cannot terminate it. The lost query commits after the
    /// API looked for it, but before the API sends it again.
    /// </summary>
    [Fact]
    public async Task Retry_after_a_late_commit_is_not_refused_for_lack_of_funds()
    {
        await using var bank = await BankBehindProxy.StartAsync(
            server,
            to => new DatabaseProxy(to) { RenamesSessions = true, HidesRenaming = true },
            "Database:CommitTimeout=00:01:00");
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync(10m);

        var lost = bank.Proxy.StallNextQuery();
        var withdrawal = new Movement(account, null, 10m, null).SendAsync(customer);
        await lost.Arrived;
        var again = bank.Proxy.StallNextQuery();
        lost.HangUp();
        await again.Arrived;
        await lost.ResumeAsync();
        await Eventually.TrueAsync(async () => await bank.Ledger.SumAsync(account) == 0, "it lands late");
        _ = again.ResumeAsync();
        var reply = await withdrawal;

        (reply.Status, reply.Code, reply.Balance).ShouldBe((HttpStatusCode.Created, null, 0m));
        (await bank.Ledger.TransactionAsync(reply.Id!.Value)).Amount.ShouldBe(10m);
        await bank.Ledger.ShouldHoldAsync(account);
    }
}

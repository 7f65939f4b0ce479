using System.Net;
using System.Text.RegularExpressions;
using Bank.Infrastructure.Verification;
using Bank.Tests.Harness;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Bank.Tests.Faults;

/// <summary>Clocks that are wrong: of an instance, and of the database for a while.</summary>
[Trait("Speed", "Slow")]
public sealed partial class ClockTests(BankServer bank)
{
    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    [InlineData(87_600)]
    [InlineData(-87_600)]
    public async Task Instance_with_a_wrong_clock_serves_as_any_other(int hoursAhead)
    {
        await using var instance = new Instance(bank.ConnectionString, TimeSpan.FromHours(hoursAhead));
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var there = customer.At(instance.Address);

        using var transfer = await there.TransferAsync(accounts[0], accounts[1], 10m, "key");
        using var repeated = await customer.TransferAsync(accounts[0], accounts[1], 10m, "key");
        using var placed = await there.PlaceHoldAsync(accounts[0], accounts[1], 20m, expires_in: 1);
        using var statement = await there.Http.GetAsync($"/accounts/{accounts[0]}/statement");
        using var ready = await there.Http.GetAsync("/health/ready");

        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await transfer.JsonAsync()).GetProperty("created_at").ShouldBeUtcNow();
        (await repeated.Content.ReadAsStringAsync()).ShouldBe(await transfer.Content.ReadAsStringAsync());
        (await placed.JsonAsync()).GetProperty("expires_at").ShouldBeUtcNow();
        (await statement.JsonAsync()).GetProperty("until").ShouldBeUtcNow();
        await Eventually.TrueAsync(
            async () => await there.AvailableAsync(accounts[0]) == 90m, "the hold is over");
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Documented_correction_brings_times_back_to_the_clock()
    {
        await using var own = await IsolatedBank.StartAsync(bank);
        var payer = await own.RegisterAsync();
        var payee = await own.RegisterAsync();
        var (from, to) = (await payer.OpenAccountAsync(100m), await payee.OpenAccountAsync());
        await own.Database.ExecuteAsync(
            "UPDATE accounts SET posted_at = now() + interval '10 years', created_at = now() WHERE id = $1",
            from);
        await payer.PayAsync(from, to, 10m);
        (await payee.WithdrawAsync(to, 1m, "key")).EnsureSuccessStatusCode().Dispose();
        var hold = await payer.HoldAsync(from, to, 20m, expires_in: 1);
        await own.Database.ExecuteAsync(
            """
            UPDATE holds SET created_at = created_at + interval '10 years',
                             expires_at = expires_at + interval '10 years' WHERE id = $1
            """,
            hold);
        await own.Database.ExecuteAsync(
            "UPDATE idempotency_keys SET created_at = now() + interval '10 years'");

        await Eventually.TrueAsync(
            () => own.Output.Contains("ahead of the database's clock", StringComparison.Ordinal),
            "the log warns");
        (await VerifyAsync(own)).ShouldSatisfyAllConditions(
            report => report.Code.ShouldBe(1),
            report => report.Text.ShouldContain($"account {from}: its last transaction is at 20"),
            report => report.Text.ShouldContain($"account {to}: its last transaction is at 20"),
            report => report.Text.ShouldContain($"hold {hold}: placed at 20"),
            report => report.Text.ShouldContain("key key of user"));

        await own.Database.ExecuteAsync(Correction.Match(SourceTree.Read("docs/running.md")).Groups[1].Value);

        (await VerifyAsync(own)).ShouldSatisfyAllConditions(report => report.Code.ShouldBe(0, report.Text));
        using var later = await payer.TransferAsync(from, to, 10m);
        (await later.JsonAsync()).GetProperty("created_at").ShouldBeUtcNow();
        await Eventually.TrueAsync(async () => await payer.AvailableAsync(from) == 80m, "the hold is over");
        await own.Ledger.ShouldHoldAsync(from, to);
    }

    static async Task<(int Code, string Text)> VerifyAsync(IsolatedBank own)
    {
        var output = new StringWriter();
        var code = await LedgerVerifier.RunAsync(own.Database.ConnectionString, output);

        return (code, output.ToString());
    }

    [GeneratedRegex("## Clocks.*?```sql\n(.*?)```", RegexOptions.Singleline)]
    static partial Regex Correction { get; }

    /// <summary>One more instance on the database, in this process.</summary>
    sealed class Instance : WebApplicationFactory<Program>
    {
        readonly string owner;
        readonly TimeSpan ahead;

        public Instance(string owner, TimeSpan ahead)
        {
            (this.owner, this.ahead) = (owner, ahead);
            UseKestrel(0);
            StartServer();
        }

        public Uri Address => ClientOptions.BaseAddress;

        protected override void ConfigureWebHost(IWebHostBuilder builder) => builder
            .UseEnvironment("Testing")
            .UseSetting("ConnectionStrings:Bank", ApiConnection.Of(owner))
            .UseSetting("ConnectionStrings:Owner", owner)
            .UseSetting("Passwords:WorkFactor", "4")
            .UseSetting("Serving:ShutdownDelay", "00:00:00")
            .UseSetting("Logging:Console:LogLevel:Default", "Error")
            .UseSetting("urls", "http://127.0.0.1:0")
            .ConfigureTestServices(services => services.AddSingleton<TimeProvider>(new ShiftedTime(ahead)));
    }
}

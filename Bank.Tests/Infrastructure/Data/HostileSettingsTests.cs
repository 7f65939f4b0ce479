using System.Net;
using Bank.Infrastructure.Verification;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Infrastructure.Data;

/// <summary>A database whose settings are those of another program.</summary>
[Trait("Speed", "Slow")]
public sealed class HostileSettingsTests(BankServer bank)
{
    [Theory]
    [InlineData("repeatable read")]
    [InlineData("serializable")]
    public async Task Bank_works_in_a_database_with_settings_of_another_program(string isolation)
    {
        await using var own = await IsolatedDatabase.CreateAsync(bank);
        await SetAsync(own, "default_transaction_isolation", isolation);
        await SetAsync(own, "statement_timeout", "1");
        await SetAsync(own, "lock_timeout", "1");
        await SetAsync(own, "idle_session_timeout", "1");
        await SetAsync(own, "idle_in_transaction_session_timeout", "1");
        await SetAsync(own, "enable_indexscan", "off");
        await SetAsync(own, "DateStyle", "German");
        await SetAsync(own, "standard_conforming_strings", "off");
        await SetAsync(own, "synchronous_commit", "off");

        await using var process = await BankProcess.StartAsync(
            own.ConnectionString, "Limits:AccountsPerUser=5");
        var customer = await Customer.RegisterAsync(process.Address);
        var opened = await Burst.OfAsync(50, _ => customer.Http.PostAsync("/accounts/", null));
        using var ready = await customer.Http.GetAsync("/health/ready");

        opened.Count(response => response.StatusCode == HttpStatusCode.Created).ShouldBe(5);
        opened.Count(response => response.StatusCode == HttpStatusCode.BadRequest).ShouldBe(45);
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
        process.Output.ShouldContain("synchronous_commit is off (source: database, ALTER DATABASE");
        var verified = new StringWriter();
        (await LedgerVerifier.RunAsync(ApiConnection.Of(own.ConnectionString), verified))
            .ShouldBe(0, verified.ToString());
    }

    [Fact]
    public async Task Read_only_database_is_not_ready_until_it_is_writable_again()
    {
        await using var own = await IsolatedBank.StartAsync(bank);
        var customer = await own.RegisterAsync();
        var account = await customer.OpenAccountAsync(1m);
        var name = new NpgsqlConnectionStringBuilder(own.Database.ConnectionString).Database;

        await bank.Database.ExecuteAsync($"ALTER DATABASE {name} SET default_transaction_read_only = on");
        await bank.Database.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name!);
        await ReadyAsync(customer, HttpStatusCode.ServiceUnavailable);
        await Eventually.TrueAsync(
            async () =>
            {
                (await customer.Http.GetAsync("/health/ready")).Dispose();
                return own.Output.Contains(
                    "Not ready: default_transaction_read_only is on (source: database");
            },
            "the log says why");
        (await customer.BalanceAsync(account)).ShouldBe(1m);

        await bank.Database.ExecuteAsync($"ALTER DATABASE {name} RESET default_transaction_read_only");
        await ReadyAsync(customer, HttpStatusCode.OK);
        using var posted = await customer.DepositAsync(account, 1m);

        posted.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("session_replication_role", "replica")]
    [InlineData("zero_damaged_pages", "on")]
    public async Task API_does_not_start_with_an_unusable_setting(string setting, string value)
    {
        await using var own = await IsolatedDatabase.CreateAsync(bank);
        await SetAsync(own, setting, value);

        var failure = await Should.ThrowAsync<InvalidOperationException>(
            () => BankProcess.StartAsync(own.ConnectionString));

        failure.Message.Split('\n').Length.ShouldBe(2, failure.Message);
        failure.Message.ShouldContain("exit code 1 ");
        failure.Message.ShouldContain($"{setting} is {value} (source: database, ALTER DATABASE");
    }

    Task<int> SetAsync(IsolatedDatabase own, string setting, string value) => bank.Database.ExecuteAsync(
        $"ALTER DATABASE {new NpgsqlConnectionStringBuilder(own.ConnectionString).Database} "
        + $"SET {setting} = '{value}'");

    static Task ReadyAsync(Customer customer, HttpStatusCode status) => Eventually.TrueAsync(
        async () =>
        {
            using var response = await customer.Http.GetAsync("/health/ready");
            return response.StatusCode == status;
        },
        $"readiness is {status}");
}

using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Telemetry;

/// <summary>The metrics for Prometheus and their address.</summary>
public sealed class MetricsTests(MonitoredBank bank) : IClassFixture<MonitoredBank>
{
    const string Commands = "bank_ledger_commands_total";

    [Fact]
    public async Task Command_metrics_count_kind_and_outcome_and_replays_apart()
    {
        var customer = await bank.Bank.RegisterAsync();
        var account = await customer.OpenAccountAsync(100m);
        var other = await customer.OpenAccountAsync(5m);
        var before = await bank.ScrapeAsync();

        (await customer.TransferAsync(account, other, 10m, "key")).Dispose();
        (await customer.TransferAsync(account, other, 10m, "key")).Dispose();
        (await customer.WithdrawAsync(account, 1000m)).Dispose();
        (await customer.WithdrawAsync(account, 1m)).Dispose();

        var after = await bank.ScrapeAsync();
        More(Commands, "kind=\"transfer\"", "outcome=\"posted\"").ShouldBe(1);
        More(Commands, "kind=\"withdrawal\"", "outcome=\"posted\"").ShouldBe(1);
        More(Commands, "kind=\"withdrawal\"", "outcome=\"insufficient_funds\"").ShouldBe(1);
        More(Commands).ShouldBe(3);
        More("bank_ledger_replays_total", "kind=\"transfer\"").ShouldBe(1);
        More("bank_ledger_batch_size_sum").ShouldBe(4);
        More("bank_ledger_queue_wait_seconds_count").ShouldBe(4);
        More("bank_ledger_statement_duration_seconds_count", "kind=\"withdrawal\"").ShouldBe(2);
        after.Sum("bank_ledger_queue_depth").ShouldBe(0);
        after.Sum(Commands, "outcome=\"posted\"").ShouldBe(
            await bank.Bank.Database.ScalarAsync<long>("SELECT count(*) FROM transactions"));

        double More(string name, params string[] labels) =>
            after.Sum(name, labels) - before.Sum(name, labels);
    }

    [Fact]
    public async Task Parked_commands_are_visible_in_the_metrics()
    {
        var customer = await bank.Bank.RegisterAsync();
        var account = await customer.OpenAccountAsync(100m);
        Task<HttpResponseMessage> withdrawal;

        await using (await LockedAccounts.LockAsync(bank.Bank.Database, account))
        {
            withdrawal = customer.WithdrawAsync(account, 1m);
            await Eventually.TrueAsync(
                async () => (await bank.ScrapeAsync()).Sum("bank_ledger_queue_depth", "line=\"aside\"") == 1,
                "the command is parked");
        }

        (await withdrawal).StatusCode.ShouldBe(HttpStatusCode.Created);
        var scrape = await bank.ScrapeAsync();
        scrape.Sum("bank_ledger_queue_depth").ShouldBe(0);
        scrape.Sum("bank_ledger_commands_set_aside_total").ShouldBe(1);
    }

    [Fact]
    public async Task Sign_in_metrics_count_by_outcome()
    {
        var customer = await bank.Bank.RegisterAsync();
        using var stranger = bank.Bank.Anonymous();
        var name = Names.New();
        var before = await bank.ScrapeAsync();

        for (var time = 0; time <= MonitoredBank.MaxFailures; time++)
        {
            await customer.IdAsync();
            // A repeated password would count once.
            stranger.DefaultRequestHeaders.Authorization = Customer.Basic(name, $"wrong {time}");
            (await stranger.GetAsync("/auth/me")).Dispose();
        }

        var after = await bank.ScrapeAsync();
        More("bank_auth_sign_ins_total", "outcome=\"accepted\"").ShouldBe(MonitoredBank.MaxFailures + 1);
        More("bank_auth_sign_ins_total", "outcome=\"refused\"").ShouldBe(MonitoredBank.MaxFailures);
        More("bank_auth_sign_ins_total", "outcome=\"too_many_requests\"").ShouldBe(1);
        More("bank_auth_bcrypt_duration_seconds_count").ShouldBe(MonitoredBank.MaxFailures + 1);
        More("bank_auth_bcrypt_wait_seconds_count").ShouldBe(MonitoredBank.MaxFailures + 1);
        More("bank_auth_users_remembered").ShouldBe(1);

        double More(string name, params string[] labels) =>
            after.Sum(name, labels) - before.Sum(name, labels);
    }

    [Fact]
    public async Task Live_history_subscribers_and_events_are_counted()
    {
        var customer = await bank.Bank.RegisterAsync();
        var account = await customer.OpenAccountAsync(1m);
        var before = await bank.ScrapeAsync();

        await using (var live = await LiveHistoryClient.SubscribeAsync(customer, account, "0"))
        {
            await live.SequencesAsync(1);
            (await bank.ScrapeAsync()).Sum("bank_history_listeners").ShouldBe(1);
        }

        await Eventually.TrueAsync(
            async () => (await bank.ScrapeAsync()).Sum("bank_history_listeners") == 0,
            "nobody is subscribed");
        var after = await bank.ScrapeAsync();
        (after.Sum("bank_history_events_total") - before.Sum("bank_history_events_total")).ShouldBe(1);
        after.Text.ShouldContain("http_route=\"/accounts");
        after.Text.ShouldNotContain("/live\"", customMessage: "the duration of a subscription says nothing");
    }

    [Fact]
    public async Task Metrics_contain_no_usernames_or_passwords()
    {
        var customer = await bank.Bank.RegisterAsync();
        (await customer.Http.GetAsync($"/users/{customer.Username}")).EnsureSuccessStatusCode().Dispose();
        (await customer.Http.GetAsync($"/{customer.Username}")).Dispose();

        var scrape = await bank.ScrapeAsync();

        scrape.Names.ShouldContain("http_server_request_duration_seconds_count");
        scrape.Names.ShouldContain("db_client_connection_count");
        scrape.Text.ShouldNotContain(customer.Username);
        scrape.Text.ShouldNotContain(Customer.Password);
        scrape.Text.ShouldNotContain(MonitoredBank.DatabasePassword);
        scrape.Text.ShouldContain("pool_name=\"ledger\"");
    }

    [Fact]
    public async Task Metrics_server_and_API_serve_nothing_of_each_other()
    {
        using var http = bank.Bank.Anonymous();
        http.DefaultRequestHeaders.Host = bank.Metrics.Authority;

        using var atTheApi = await http.GetAsync("/metrics");
        using var health = await http.GetAsync(new Uri(bank.Metrics, "/health"));
        using var document = await http.GetAsync(new Uri(bank.Metrics, "/openapi.json"));

        bank.Metrics.Port.ShouldNotBe(bank.Bank.Address.Port);
        atTheApi.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        health.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        document.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Metrics_address_in_use_is_reported_in_one_line()
    {
        var taken = bank.Metrics.GetLeftPart(UriPartial.Authority);

        var failure = await Should.ThrowAsync<InvalidOperationException>(() => BankProcess.StartAsync(
            bank.Bank.Database.ConnectionString, $"Metrics:Address={taken}"));

        var lines = failure.Message.Split('\n');
        lines[0].ShouldContain("exit code 1 ");
        lines[1..].ShouldHaveSingleItem().ShouldContain("Metrics:Address cannot be served on");
    }
}

using System.Diagnostics;
using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>One server of a pair fails: every response stays true, and money soon moves again.</summary>
[Collection("Failover")]
[Trait("Speed", "Slow")]
public sealed class FailoverTests(ReplicatedPostgres pair, ITestOutputHelper output)
{
    /// <summary>Far more than a failover takes, even on a busy machine.</summary>
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Deposit_missing_on_every_standby_is_not_confirmed()
    {
        await using var bank = await ReplicatedBank.StartAsync(pair);
        var (customer, account) = await OpenAccountAsync(bank, 10m);
        var since = Stopwatch.StartNew();

        await pair.Standby.StopAsync();
        var reply = await new Movement(null, account, 1m, null).SendAsync(customer);
        since.Elapsed.ShouldBeLessThan(Soon);
        pair.Primary.Kill();
        await pair.Standby.StartAsync();
        await pair.PromoteAsync();
        using var asked = await customer.WaitForOutcomeAsync(reply.Id!.Value);

        reply.Code.ShouldBe("outcome_unknown");
        asked.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await customer.BalanceAsync(account)).ShouldBe(10m);
        (await customer.DepositAsync(account, 1m)).StatusCode.ShouldBe(HttpStatusCode.Created);
        await bank.Ledger.ShouldHoldAsync(account);
    }

    [Fact]
    public async Task Cancelled_wait_for_the_standby_confirms_nothing()
    {
        await using var bank = await ReplicatedBank.StartAsync(pair, "Database:CommitTimeout=00:01:00");
        var (customer, account) = await OpenAccountAsync(bank, 10m);

        await pair.Standby.StopAsync();
        var deposit = new Movement(null, account, 1m, null).SendAsync(customer);
        var opening = customer.Http.PostAsync("/accounts/", null);
        await Eventually.TrueAsync(async () => await WaitingAsync("%") == 2, "both wait");
        await CancelAsync();
        await Eventually.TrueAsync(async () => await WaitingAsync("%emit_message%") == 1, "it is looked for");
        using var opened = await opening;
        deposit.IsCompleted.ShouldBeFalse();
        await pair.Standby.StartAsync();
        var reply = await deposit;

        reply.IsPosted.ShouldBeTrue();
        await opened.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "outcome_unknown");
        (await customer.BalanceAsync(account)).ShouldBe(11m);
        await bank.Ledger.ShouldHoldAsync(account);
    }

    [Fact]
    public async Task Ledger_matches_all_responses_after_repeated_failovers()
    {
        await using var bank = await ReplicatedBank.StartAsync(pair);
        var (customers, traffic) = await StartTrafficAsync(bank);

        for (var loss = 0; loss < 3; loss++)
        {
            await traffic.PostMoreAsync(100);
            pair.Primary.Kill();
            await PromoteAsync(traffic, $"kill {loss + 1}");
            await pair.HealAsync();
        }

        await customers.ShouldMatchLedgerAsync(await traffic.StopAsync(), bank.Ledger);
    }

    [Fact]
    public async Task API_leaves_a_live_primary_once_its_standby_is_promoted()
    {
        await using var bank = await ReplicatedBank.StartAsync(pair);
        var (customers, traffic) = await StartTrafficAsync(bank);
        await traffic.PostMoreAsync(100);

        await pair.Standby.UnfollowAsync();
        await PromoteAsync(traffic, "cut");

        await customers.ShouldMatchLedgerAsync(await traffic.StopAsync(), bank.Ledger);
    }

    [Fact]
    public async Task API_leaves_a_frozen_primary_and_does_not_return_to_it()
    {
        await using var bank = await ReplicatedBank.StartAsync(pair);
        var (customers, traffic) = await StartTrafficAsync(bank);
        await traffic.PostMoreAsync(100);

        pair.Primary.Freeze();
        await PromoteAsync(traffic, "freeze");
        pair.Standby.Thaw();
        await traffic.PostMoreAsync(500);

        await customers.ShouldMatchLedgerAsync(await traffic.StopAsync(), bank.Ledger);
    }

    [Fact]
    public async Task Frozen_standby_listed_first_does_not_delay_deposits()
    {
        await using var bank = await ReplicatedBank.StartAsync(pair);
        await pair.Primary.WaitForStandbyAsync(false);
        await bank.StartApiAsync($"{pair.Standby.Host},{pair.Primary.Host}");
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync();

        pair.Standby.Freeze();

        try
        {
            for (var count = 1; count <= 5; count++)
            {
                var answers = await Burst.OfAsync(40, _ => customer.DepositAsync(account, 1m));
                answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Created);
            }
        }
        finally
        {
            pair.Standby.Thaw();
        }

        (await customer.BalanceAsync(account)).ShouldBe(200m);
    }

    [Fact]
    public async Task API_uses_the_primary_with_the_later_timeline()
    {
        await using var bank = await ReplicatedBank.StartAsync(pair);
        var (customer, account) = await OpenAccountAsync(bank, 1m);
        await HaveTwoPrimariesAsync();

        await bank.StartApiAsync($"{pair.Standby.Host},{pair.Primary.Host}");
        using var deposit = await customer.At(bank.Api.Address).DepositAsync(account, 1m);

        deposit.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await bank.LedgerOf(pair.Primary).SumAsync(account)).ShouldBe(2m);
        (await bank.LedgerOf(pair.Standby).SumAsync(account)).ShouldBe(1m);
    }

    [Fact]
    public async Task API_refuses_and_logs_a_primary_of_an_earlier_timeline()
    {
        await using var bank = await ReplicatedBank.StartAsync(pair);
        var (customer, account) = await OpenAccountAsync(bank, 1m);
        await HaveTwoPrimariesAsync();
        await Eventually.TrueAsync(
            async () => await PostsAsync(customer, account)
                && await bank.LedgerOf(pair.Primary).SumAsync(account) > 1m,
            "it follows");
        var before = await bank.LedgerOf(pair.Standby).SumAsync(account);

        pair.Primary.Kill();
        await Eventually.TrueAsync(async () => !await IsReadyAsync(customer), "it is not ready");
        using var deposit = await customer.DepositAsync(account, 1m);

        deposit.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await bank.LedgerOf(pair.Standby).SumAsync(account)).ShouldBe(before);
        bank.Api.Output.ShouldContain($"{pair.Standby.Host} says that it is the primary, on timeline ");
        await pair.Primary.StartAsync();
    }

    [Fact]
    public async Task API_started_on_a_replaced_primary_confirms_nothing_there()
    {
        await using var bank = await ReplicatedBank.StartAsync(pair);
        var (customer, account) = await OpenAccountAsync(bank, 1m);
        await pair.Standby.UnfollowAsync();
        await pair.PromoteAsync();
        pair.Primary.Kill();

        await bank.StartApiAsync(pair.Hosts, "Database:CommitTimeout=00:00:04");
        customer = customer.At(bank.Api.Address);
        var reply = await new Movement(null, account, 1m, null).SendAsync(customer);
        await pair.Primary.StartAsync();
        await Eventually.TrueAsync(async () => await PostsAsync(customer, account), "the later one is found");
        using var asked = await customer.WaitForOutcomeAsync(reply.Id!.Value);

        reply.Code.ShouldBe("outcome_unknown");
        asked.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await bank.LedgerOf(pair.Primary).SumAsync(account)).ShouldBe(2m);
        bank.Api.Output.ShouldContain($"{pair.Standby.Host} says that it is the primary, on timeline ");
    }

    [Fact]
    public async Task Password_change_on_the_new_primary_invalidates_the_cache()
    {
        await using var bank = await ReplicatedBank.StartAsync(pair);
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        (await customer.Http.GetAsync("/auth/me")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await pair.Standby.UnfollowAsync();
        await pair.PromoteAsync();
        await bank.ScalarAsync<string>(
            pair.Primary, "UPDATE users SET password_hash = 'x' RETURNING password_hash");

        await Eventually.TrueAsync(
            async () => (await customer.Http.GetAsync("/auth/me")).StatusCode == HttpStatusCode.Unauthorized,
            "the password is forgotten");
    }

    [Fact]
    public async Task API_with_only_a_standby_is_not_ready_and_logs_it()
    {
        await using var bank = await ReplicatedBank.StartAsync(pair);
        var (customer, account) = await OpenAccountAsync(bank, 1m);

        pair.Primary.Kill();
        await Eventually.TrueAsync(async () => !await IsReadyAsync(customer), "it is not ready");
        using var deposit = await customer.DepositAsync(account, 1m);
        using var opening = await customer.Http.PostAsync("/accounts/", null);

        deposit.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        opening.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        await Eventually.TrueAsync(
            () => bank.Api.Output.Contains("only a standby answers", StringComparison.Ordinal), "it says so");
        await pair.PromoteAsync();
        await Eventually.TrueAsync(async () => await PostsAsync(customer, account), "it is served again");
    }

    static async Task<(Customer Customer, long Account)> OpenAccountAsync(
        ReplicatedBank bank, decimal balance)
    {
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        return (customer, await customer.OpenAccountAsync(balance));
    }

    static async Task<(SimulatedCustomers Customers, Traffic Traffic)> StartTrafficAsync(ReplicatedBank bank)
    {
        var customers = await SimulatedCustomers.OpenAsync(bank.Ledger, bank.Api.Address, accounts: 16);
        return (customers, new Traffic(customers.Clients(32, bank.Api.Address)));
    }

    /// <summary>
    /// Promotes the standby, which then commits without a standby; the old primary keeps running.
    /// </summary>
    async Task HaveTwoPrimariesAsync()
    {
        await pair.Standby.UnfollowAsync();
        await pair.PromoteAsync();
        await pair.Standby.WaitForStandbyAsync(false);
    }

    /// <summary>Promotes the standby and waits until money moves again.</summary>
    async Task PromoteAsync(Traffic traffic, string how)
    {
        var since = Stopwatch.StartNew();
        await pair.PromoteAsync();
        await traffic.PostMoreAsync(1);
        output.WriteLine($"{how}: posted again {since.ElapsedMilliseconds} ms after the promotion began");
        since.Elapsed.ShouldBeLessThan(Soon);
        await traffic.PostMoreAsync(100);
    }

    Task<long> WaitingAsync(string query) => pair.Primary.ScalarAsync<long>(
        $"SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query LIKE '{query}'");

    Task<long> CancelAsync() => pair.Primary.ScalarAsync<long>(
        "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");

    static async Task<bool> PostsAsync(Customer customer, long account)
    {
        using var answer = await customer.DepositAsync(account, 1m);
        return answer.StatusCode == HttpStatusCode.Created;
    }

    static async Task<bool> IsReadyAsync(Customer customer)
    {
        using var answer = await customer.Http.GetAsync("/health/ready");
        return answer.StatusCode == HttpStatusCode.OK;
    }
}

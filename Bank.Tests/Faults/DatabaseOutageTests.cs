using System.Diagnostics;
using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

[Collection("Faults")]
[Trait("Speed", "Slow")]
public sealed class DatabaseOutageTests(BankServer server)
{
    /// <summary>The commit timeout of 2 s plus its last attempt, on a busy machine.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Deposit_during_a_database_outage_answers_503_in_time()
    {
        await using var bank = await BankBehindProxy.StartAsync(server, "Database:CommitTimeout=00:00:02");
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync(10m);
        var since = Stopwatch.StartNew();

        bank.Proxy.StartOutage();
        var refused = await new Movement(null, account, 1m, null).SendAsync(customer);
        since.Elapsed.ShouldBeLessThan(Patience);
        bank.Proxy.EndOutage();
        using var posted = await customer.DepositAsync(account, 2m);

        refused.NeedsRetry.ShouldBeTrue();
        refused.RetryAfter.ShouldNotBeNull();
        posted.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await customer.BalanceAsync(account)).ShouldBe(12m);
    }

    [Fact]
    public async Task Movements_wait_for_a_database_that_is_away()
    {
        await using var bank = await BankBehindProxy.StartAsync(server);
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var stranger = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync(10m);
        var other = await customer.OpenAccountAsync();
        var paid = await customer.PayAsync(account, other, 3m);
        var captured = await customer.HoldAsync(account, other, 1m);
        var released = await customer.HoldAsync(account, other, 1m);

        bank.Proxy.StartOutage();
        await ShouldBeAwayAsync(customer);
        var movements = Task.WhenAll(
            customer.DepositAsync(account, 1m), customer.RefundAsync(paid), customer.CaptureAsync(captured),
            customer.ReleaseAsync(released),
            customer.BulkAsync([new { from = account, to = other, amount = 1m }], key: "bulk"));
        using var unknown = await stranger.DepositAsync(account, 1m);
        await ShouldBeAwayAsync(customer);
        movements.IsCompleted.ShouldBeFalse();
        bank.Proxy.EndOutage();

        (await movements).ShouldAllBe(response => response.IsSuccessStatusCode);
        await unknown.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "database_unavailable");
        (await customer.BalanceAsync(account)).ShouldBe(10m - 3m + 1m + 3m - 1m - 1m);
        await bank.Ledger.ShouldHoldAsync(account, other);
    }

    [Fact]
    public async Task Database_outage_is_logged_in_one_line_without_stack_trace()
    {
        await using var bank = await BankBehindProxy.StartAsync(server, "Database:CommitTimeout=00:00:02");
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync(10m);

        bank.Proxy.StartOutage();
        var replies = await Burst.OfAsync(8, _ => customer.Http.GetAsync($"/accounts/{account}"));
        bank.Proxy.EndOutage();
        await Eventually.TrueAsync(() => bank.Api.Output.Contains("The database is back"), "it is back");

        await replies.ShouldOtherwiseBeAsync(HttpStatusCode.ServiceUnavailable, "database_unavailable");
        var lines = bank.Api.Output.Split('\n');
        lines.Count(line => line.Contains("The database is away")).ShouldBe(1);
        lines.ShouldAllBe(line => !line.StartsWith("   at ") && !line.Contains("Exception"));
    }

    [Fact]
    public async Task Requests_waiting_for_bcrypt_or_database_answer_503_in_time()
    {
        await using var bank = await BankBehindProxy.StartAsync(server, "Database:CommitTimeout=00:00:02");
        var known = await Customer.RegisterAsync(bank.Api.Address);
        var account = await known.OpenAccountAsync(10m);
        var verifying = await Customer.RegisterAsync(bank.Api.Address);
        // At this cost bcrypt takes days.
        await bank.Database.ExecuteAsync(
            "UPDATE users SET password_hash = '$2a$31$' || substr(password_hash, 8) WHERE username = $1",
            verifying.Username);
        var since = Stopwatch.StartNew();

        var responses = await Task.WhenAll(
            verifying.Http.GetAsync("/auth/me"), verifying.DepositAsync(account, 1m));
        bank.Proxy.Stall();
        HttpResponseMessage[] stalled =
        [
            .. responses, .. await Task.WhenAll(
                known.Http.GetAsync($"/accounts/{account}"), known.Http.GetAsync("/accounts/"),
                known.Http.GetAsync($"/transactions/account/{account}"),
                known.Http.PostAsync("/accounts/", null), known.DepositAsync(account, 1m)),
        ];
        since.Elapsed.ShouldBeLessThan(2 * Patience);
        bank.Proxy.Resume();

        stalled.ShouldAllBe(response => response.StatusCode == HttpStatusCode.ServiceUnavailable);
        stalled.ShouldAllBe(response => response.Headers.RetryAfter != null);

        foreach (var response in responses)
            await response.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "not_served_in_time");
    }

    [Fact]
    public async Task Deposit_in_doubt_returns_the_id_to_ask_for()
    {
        await using var bank = await BankBehindProxy.StartAsync(server, "Database:CommitTimeout=00:00:02");
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync(10m);
        var since = Stopwatch.StartNew();

        bank.Proxy.DropResponses();
        var reply = await new Movement(null, account, 1m, null).SendAsync(customer);
        since.Elapsed.ShouldBeLessThan(Patience);
        bank.Proxy.EndOutage();

        reply.Code.ShouldBe("outcome_unknown");
        reply.RetryAfter.ShouldNotBeNull();
        using var found = await customer.WaitForOutcomeAsync(reply.Id!.Value);
        found.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await customer.BalanceAsync(account)).ShouldBe(11m);
    }

    [Fact]
    public async Task Full_command_queue_refuses_at_once_and_posts_the_rest()
    {
        await using var bank = await BankBehindProxy.StartAsync(server, "GroupCommit:QueueCapacity=8");
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync();
        var answered = 0;

        bank.Proxy.Stall();
        var burst = Burst.OfAsync(64, async _ =>
        {
            var response = await customer.DepositAsync(account, 1m);
            Interlocked.Increment(ref answered);
            return response;
        });
        // One group is in flight, and the queue is full.
        await Eventually.TrueAsync(() => Volatile.Read(ref answered) >= 64 - 2 * 8, "refused at once");
        bank.Proxy.Resume();
        var responses = await burst;

        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.ServiceUnavailable, "overloaded");
        var posted = responses.Count(response => response.StatusCode == HttpStatusCode.Created);
        posted.ShouldBeGreaterThanOrEqualTo(8);
        (await customer.BalanceAsync(account)).ShouldBe(posted);
        await bank.Ledger.ShouldHoldAsync(account);
    }

    [Fact]
    public async Task Deposit_is_posted_although_its_caller_disconnects()
    {
        await using var bank = await BankBehindProxy.StartAsync(server);
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync();
        using var gone = HttpVersions.CreateClient(bank.Api.Address);
        gone.DefaultRequestHeaders.Authorization = customer.Http.DefaultRequestHeaders.Authorization;

        var stalled = bank.Proxy.StallNextQuery();
        var deposit = new Customer(customer.Username, gone).DepositAsync(account, 1m);
        await stalled.Arrived;
        gone.CancelPendingRequests();
        await Should.ThrowAsync<OperationCanceledException>(() => deposit);
        _ = stalled.ResumeAsync();

        await Eventually.TrueAsync(async () => await customer.BalanceAsync(account) == 1m, "posted");
        await bank.Ledger.ShouldHoldAsync(account);
    }

    /// <summary>A read does not wait.</summary>
    static async Task ShouldBeAwayAsync(Customer customer)
    {
        using var read = await customer.Http.GetAsync("/accounts/");
        await read.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "database_unavailable");
    }
}

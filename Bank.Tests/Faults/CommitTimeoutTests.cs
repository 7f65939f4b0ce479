using System.Diagnostics;
using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

[Collection("Faults")]
[Trait("Speed", "Slow")]
public sealed class CommitTimeoutTests(BankServer server)
{
    /// <summary>The commit timeout of 2 s plus its last attempt, on a busy machine.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Deposit_in_doubt_reported_as_not_found_never_posts_later()
    {
        await using var bank = await BankBehindProxy.StartAsync(server, "Database:CommitTimeout=00:00:02");
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync(10m);

        var stalled = bank.Proxy.StallNextQuery();
        var answer = new Movement(null, account, 1m, null).SendAsync(customer);
        await stalled.Arrived;
        bank.Proxy.Stall();
        var reply = await answer;
        bank.Proxy.Resume();
        using var asked = await customer.WaitForOutcomeAsync(reply.Id!.Value);
        var sessions = await SessionsAsync(bank);
        await stalled.ResumeAsync();
        bank.Proxy.Cut();
        await Eventually.TrueAsync(
            async () => !(await SessionsAsync(bank)).Intersect(sessions).Any(), "the sessions have ended");

        reply.Code.ShouldBe("outcome_unknown");
        asked.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await bank.Ledger.TransactionsAsync(reply.Id!.Value)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Queued_commands_answer_503_in_time_while_the_database_stalls()
    {
        await using var bank = await BankBehindProxy.StartAsync(
            server, "Database:CommitTimeout=00:00:02", "GroupCommit:MaxGroupSize=1");
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync(10m);
        var since = Stopwatch.StartNew();

        bank.Proxy.Stall();
        var responses = await Burst.OfAsync(40, _ => customer.DepositAsync(account, 1m));
        since.Elapsed.ShouldBeLessThan(Patience);
        bank.Proxy.Resume();

        responses.ShouldAllBe(response => response.StatusCode == HttpStatusCode.ServiceUnavailable);
        responses.ShouldAllBe(response => response.Headers.RetryAfter != null);
    }

    [Fact]
    public async Task Replay_of_a_key_in_doubt_names_the_first_transaction_id()
    {
        await using var bank = await BankBehindProxy.StartAsync(
            server, "Database:CommitTimeout=00:00:06", "GroupCommit:MinQueriesInFlight=2",
            "GroupCommit:MaxGroupSize=1");
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync(10m);
        var movement = new Movement(null, account, 1m, "key");
        await Burst.OfAsync(40, _ => customer.WithdrawAsync(account, 0.01m));
        var before = await bank.Ledger.SumAsync(account);

        bank.Proxy.DropResponses();
        var first = movement.SendAsync(customer);
        await Eventually.TrueAsync(
            async () => await bank.Ledger.SumAsync(account) > before, "posted without a response");
        var second = movement.SendAsync(customer);
        var replies = await Task.WhenAll(first, second);
        bank.Proxy.EndOutage();
        using var asked = await customer.WaitForOutcomeAsync(replies[1].Id!.Value);

        replies.ShouldAllBe(reply => reply.Code == "outcome_unknown");
        replies[1].Id.ShouldBe(replies[0].Id);
        asked.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    static Task<int[]> SessionsAsync(BankBehindProxy bank) => bank.Database.QueryAsync(
        """
        SELECT pid
        FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'bank'
        """,
        row => row.GetInt32(0));
}

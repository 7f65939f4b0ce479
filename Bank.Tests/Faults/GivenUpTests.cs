using System.Diagnostics;
using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

[Collection("Faults")]
public sealed class GivenUpTests(BankServer server)
{
    /// <summary>The commit time-out of 2 s, the last attempt that began in it, and a busy machine.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task What_was_given_up_and_not_found_later_never_lands()
    {
        await using var bank = await BankBehindProxy.StartAsync(server, "Database:CommitTimeout=00:00:02");
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync(10m);

        var held = bank.Proxy.HoldOnce();
        var answer = new Movement(null, account, 1m, null).SendAsync(customer);
        await held.Arrived;
        bank.Proxy.Stall();
        var reply = await answer;
        bank.Proxy.Resume();
        using var asked = await customer.AskUntilSettledAsync(reply.Id!.Value);
        var sessions = await SessionsAsync(bank);
        await held.ReleaseAsync();
        bank.Proxy.Cut();
        await Eventually.TrueAsync(
            async () => !(await SessionsAsync(bank)).Intersect(sessions).Any(), "the sessions have ended");

        reply.Code.ShouldBe("outcome_unknown");
        asked.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await bank.Ledger.TransactionsAsync(reply.Id!.Value)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Those_who_wait_in_the_queue_are_refused_in_time_too()
    {
        await using var bank = await BankBehindProxy.StartAsync(
            server, "Database:CommitTimeout=00:00:02", "GroupCommit:LargestBatch=1");
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
    public async Task Of_a_key_that_is_sent_again_while_its_outcome_is_open_the_first_id_is_named()
    {
        await using var bank = await BankBehindProxy.StartAsync(
            server, "Database:CommitTimeout=00:00:06", "GroupCommit:StatementsInFlight=2", "GroupCommit:LargestBatch=1");
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync(10m);
        var movement = new Movement(null, account, 1m, "key");
        await Burst.OfAsync(40, _ => customer.WithdrawAsync(account, 0.01m));
        var before = await bank.Ledger.SumAsync(account);

        bank.Proxy.Swallow();
        var first = movement.SendAsync(customer);
        await Eventually.TrueAsync(async () => await bank.Ledger.SumAsync(account) > before, "posted unheard");
        var second = movement.SendAsync(customer);
        var replies = await Task.WhenAll(first, second);
        bank.Proxy.ComeBack();
        using var asked = await customer.AskUntilSettledAsync(replies[1].Id!.Value);

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

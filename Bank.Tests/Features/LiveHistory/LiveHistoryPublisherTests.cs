using System.Net;
using System.Net.Http.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.LiveHistory;

/// <summary>Publishing to subscribers, in separate API processes with their own settings.</summary>
[Trait("Speed", "Slow")]
public sealed class LiveHistoryPublisherTests(BankServer server)
{
    /// <summary>A poll interval short enough for a test.</summary>
    const string Often = "Live:PollInterval=00:00:00.050";

    [Fact]
    public async Task Streams_span_instances_and_resume_on_any_of_them()
    {
        await using var database = await IsolatedDatabase.CreateAsync(server);
        var instances = await BankProcess.StartAsync(2, database.ConnectionString, Often);
        await using var one = instances[0];
        await using var other = instances[1];
        var here = await Customer.RegisterAsync(one.Address);
        var there = here.At(other.Address);
        var account = await here.OpenAccountAsync();
        await using var first = await LiveHistoryClient.SubscribeAsync(here, account);

        await Burst.OfAsync(10, number => (number % 2 == 0 ? here : there).DepositAsync(account, 1m));
        (await first.SequencesAsync(10)).ShouldBe([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        await using var second = await LiveHistoryClient.SubscribeAsync(there, account, "7");
        (await one.StopAsync()).ShouldBe(0);
        (await there.DepositAsync(account, 1m)).Dispose();

        (await first.NextAsync()).ShouldBeNull();
        (await second.SequencesAsync(4)).ShouldBe([8, 9, 10, 11]);
        await using var restarted = await BankProcess.StartAsync(database.ConnectionString, Often);
        await using var third = await LiveHistoryClient.SubscribeAsync(
            here.At(restarted.Address), account, "9");
        (await third.SequencesAsync(2)).ShouldBe([10, 11]);
    }

    [Fact]
    public async Task Own_postings_are_published_before_the_next_poll()
    {
        await using var bank = await IsolatedBank.StartAsync(server, "Live:PollInterval=00:01:00");
        var customer = await bank.RegisterAsync();
        var (from, to) = (await customer.OpenAccountAsync(10m), await customer.OpenAccountAsync());
        await using var paid = await LiveHistoryClient.SubscribeAsync(customer, from);
        await using var received = await LiveHistoryClient.SubscribeAsync(customer, to);

        (await customer.TransferAsync(from, to, 1m)).Dispose();
        (await paid.SequencesAsync(1)).ShouldBe([2]);
        (await received.SequencesAsync(1)).ShouldBe([1]);
        using var batch = await customer.PostAsync(
            "/transactions/batch",
            $$"""
            {"transfers": [
                {"from": {{from}}, "to": {{to}}, "amount": 2},
                {"from": {{to}}, "to": {{from}}, "amount": 3}
            ]}
            """);

        batch.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await paid.SequencesAsync(2)).ShouldBe([3, 4]);
        (await received.SequencesAsync(2)).ShouldBe([2, 3]);
    }

    [Fact]
    public async Task A_password_change_on_another_instance_ends_the_stream()
    {
        await using var database = await IsolatedDatabase.CreateAsync(server);
        var instances = await BankProcess.StartAsync(2, database.ConnectionString, Often);
        await using var one = instances[0];
        await using var other = instances[1];
        var customer = await Customer.RegisterAsync(one.Address);
        var account = await customer.OpenAccountAsync();
        await using var live = await LiveHistoryClient.SubscribeAsync(customer, account);

        using var changed = await customer.At(other.Address).Http.PutAsJsonAsync(
            "/auth/password", new { current_password = Customer.Password, new_password = "battery staple" });

        changed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await live.NextAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Shutdown_ends_streams_after_serving_through_the_delay()
    {
        await using var bank = await IsolatedBank.StartAsync(server, "Serving:ShutdownDelay=00:00:02");
        var customer = await bank.RegisterAsync();
        var account = await customer.OpenAccountAsync();
        await using var live = await LiveHistoryClient.SubscribeAsync(customer, account);

        var stop = bank.StopAsync();
        await Eventually.TrueAsync(
            async () => (await customer.Http.GetAsync("/health/ready")).StatusCode
                == HttpStatusCode.ServiceUnavailable,
            "it is not ready");
        (await customer.DepositAsync(account, 1m)).Dispose();

        (await live.SequencesAsync(1)).ShouldBe([1]);
        (await live.NextAsync()).ShouldBeNull();
        (await stop).ShouldBe(0);
    }

    [Fact]
    public async Task An_idle_stream_sends_heartbeat_comments()
    {
        await using var bank = await IsolatedBank.StartAsync(
            server, Often, "Live:HeartbeatInterval=00:00:00.100");
        var customer = await bank.RegisterAsync();
        var account = await customer.OpenAccountAsync();
        using var response = await LiveHistoryClient.RequestAsync(customer, account);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());

        (await lines.ReadLineAsync()).ShouldBe(":");
        (await lines.ReadLineAsync()).ShouldBe("");
        (await lines.ReadLineAsync()).ShouldBe(":");
    }

    [Fact]
    public async Task A_user_beyond_the_stream_limit_waits_for_one_to_end()
    {
        await using var bank = await IsolatedBank.StartAsync(server, "Live:MaxSubscribersPerUser=2");
        var customer = await bank.RegisterAsync();
        var other = await bank.RegisterAsync();
        var account = await customer.OpenAccountAsync();
        await using var first = await LiveHistoryClient.SubscribeAsync(customer, account);
        var second = await LiveHistoryClient.SubscribeAsync(customer, await customer.OpenAccountAsync());

        using var refused = await LiveHistoryClient.RequestAsync(customer, account);
        await using var others = await LiveHistoryClient.SubscribeAsync(
            other, await other.OpenAccountAsync());
        await second.DisposeAsync();

        await refused.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "too_many_requests");
        refused.Headers.RetryAfter.ShouldNotBeNull();
        await Eventually.TrueAsync(
            async () =>
            {
                using var again = await LiveHistoryClient.RequestAsync(customer, account);
                return again.IsSuccessStatusCode;
            },
            "there is room again");
    }

    [Fact]
    public async Task An_instance_at_its_subscriber_limit_answers_overloaded()
    {
        await using var bank = await IsolatedBank.StartAsync(server, "Live:MaxSubscribers=2");
        var customer = await bank.RegisterAsync();
        var account = await customer.OpenAccountAsync();
        await using var first = await LiveHistoryClient.SubscribeAsync(customer, account);
        await using var second = await LiveHistoryClient.SubscribeAsync(customer, account);

        using var refused = await LiveHistoryClient.RequestAsync(customer, account);

        await refused.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "overloaded");
    }

    [Fact]
    public async Task Hundreds_of_subscribers_share_a_few_database_connections()
    {
        const int Listeners = 300;
        await using var bank = await IsolatedBank.StartAsync(
            server, "Live:MaxSubscribersPerUser=1000", "Database:GeneralConnections=4",
            "Database:LedgerConnections=2");
        var customer = await bank.RegisterAsync();
        var account = await customer.OpenAccountAsync();
        var listeners = await Task.WhenAll(
            Enumerable.Range(0, Listeners).Select(_ => LiveHistoryClient.SubscribeAsync(customer, account)));

        (await customer.DepositAsync(account, 1m)).Dispose();
        var told = await Task.WhenAll(listeners.Select(listener => listener.SequencesAsync(1)));

        told.ShouldAllBe(sequences => sequences.SequenceEqual(new long[] { 1 }));
        (await bank.Database.ScalarAsync<long>(
            """
            SELECT count(*)
            FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'bank'
            """))
            .ShouldBeLessThanOrEqualTo(4 + 2);

        foreach (var listener in listeners)
            await listener.DisposeAsync();
    }
}

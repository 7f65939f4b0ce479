using System.Net;
using System.Net.Http.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.LiveHistory;

public sealed class StreamTransactionsTests(BankServer bank)
{
    [Fact]
    public async Task Streamed_transactions_equal_those_of_the_history()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        await using var live = await LiveHistoryClient.SubscribeAsync(customer, accounts[0]);

        (await customer.TransferAsync(accounts[0], accounts[1], 10.5m)).Dispose();
        (await customer.TransferAsync(accounts[1], accounts[0], 0.5m)).Dispose();
        (await customer.WithdrawAsync(accounts[0], 5m)).Dispose();
        var told = await live.TakeAsync(3);

        var history = await customer.HistoryAsync(accounts[0]);
        told.Select(item => item.GetRawText()).ShouldBe(history[1..].Select(item => item.GetRawText()));
    }

    [Fact]
    public async Task A_stream_is_neither_cached_nor_buffered()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);

        await using var live = await LiveHistoryClient.SubscribeAsync(customer, accounts[0]);

        live.Response.Content.Headers.ContentType!.ToString().ShouldBe("text/event-stream");
        live.Response.Headers.GetValues("Cache-Control").ShouldBe(["no-store, no-transform"]);
        live.Response.Headers.GetValues("X-Accel-Buffering").ShouldBe(["no"]);
    }

    [Fact]
    public async Task A_stream_resumes_after_the_last_event_id()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);

        for (var deposit = 0; deposit < 5; deposit++)
            (await customer.DepositAsync(accounts[0], 1m)).Dispose();

        await using var byHeader = await LiveHistoryClient.SubscribeAsync(customer, accounts[0], "2");
        await using var fromTheBeginning = await LiveHistoryClient.SubscribeAsync(customer, accounts[0], "0");
        using var byQuery = await customer.Http.GetAsync(
            $"/transactions/account/{accounts[0]}/live?after=4", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await byQuery.Content.ReadAsStreamAsync());

        (await byHeader.SequencesAsync(3)).ShouldBe([3, 4, 5]);
        (await fromTheBeginning.SequencesAsync(5)).ShouldBe([1, 2, 3, 4, 5]);
        (await lines.ReadLineAsync()).ShouldBe("event: transaction");
        (await lines.ReadLineAsync())!.ShouldStartWith("data: {\"sequence\":5,");
        (await lines.ReadLineAsync()).ShouldBe("id: 5");
        (await lines.ReadLineAsync()).ShouldBe("");
    }

    [Fact]
    public async Task A_long_history_is_streamed_whole_and_in_order()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        await LongHistory.WriteAsync(bank.Database, accounts[0], 1_050);

        await using var live = await LiveHistoryClient.SubscribeAsync(customer, accounts[0], "0");

        (await live.SequencesAsync(1_050)).ShouldBe(Numbers(1, 1_050));
    }

    [Fact]
    public async Task Payer_and_payee_streams_follow_their_own_sequence()
    {
        var (payer, from) = await bank.RegisterAsync(1000m);
        var (payee, to) = await bank.RegisterAsync(0m);
        await using var paid = await LiveHistoryClient.SubscribeAsync(payer, from[0]);
        await using var received = await LiveHistoryClient.SubscribeAsync(payee, to[0]);

        await Burst.OfAsync(50, _ => payer.TransferAsync(from[0], to[0], 1m));

        (await paid.SequencesAsync(50)).ShouldBe(Numbers(2, 50));
        (await received.SequencesAsync(50)).ShouldBe(Numbers(1, 50));
    }

    [Fact]
    public async Task Reconnecting_neither_skips_nor_repeats_transactions()
    {
        const int Deposits = 300;
        var (customer, accounts) = await bank.RegisterAsync(0m);
        var told = new List<long> { 0 };

        var posting = Burst.OfAsync(Deposits, _ => customer.DepositAsync(accounts[0], 1m));

        while (told[^1] < Deposits)
        {
            await using var live = await LiveHistoryClient.SubscribeAsync(
                customer, accounts[0], $"{told[^1]}");
            told.AddRange(await live.SequencesAsync(Math.Min(7, Deposits - (int)told[^1])));
        }

        (await posting).ShouldAllBe(response => response.StatusCode == HttpStatusCode.Created);
        told.ShouldBe(Numbers(0, Deposits + 1));
    }

    [Fact]
    public async Task A_stalled_reader_does_not_delay_other_subscribers()
    {
        var (slow, slowAccounts) = await bank.RegisterAsync(0m);
        await LongHistory.WriteAsync(bank.Database, slowAccounts[0], 20_000);
        var (customer, accounts) = await bank.RegisterAsync(0m);
        var readers = new List<IDisposable>();

        for (var reader = 0; reader < 10; reader++)
            readers.Add(await SlowReader.RequestAsync(
                bank.Address, slow, $"/transactions/account/{slowAccounts[0]}/live?after=0", requests: 1));

        await using var live = await LiveHistoryClient.SubscribeAsync(customer, accounts[0]);
        (await customer.DepositAsync(accounts[0], 1m)).Dispose();

        (await live.SequencesAsync(1)).ShouldBe([1]);
        readers.ForEach(reader => reader.Dispose());
    }

    [Theory]
    [InlineData("a word")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5")]
    [InlineData("99999999999999999999")]
    public async Task An_invalid_last_event_id_is_refused(string lastEventId)
    {
        var (customer, accounts) = await bank.RegisterAsync(10m);

        using var response = await LiveHistoryClient.RequestAsync(customer, accounts[0], lastEventId);

        await response.ShouldRefuseFieldAsync("Last-Event-ID", "must be the id of an event");
    }

    [Theory]
    [InlineData("after=-1")]
    [InlineData("after=x")]
    [InlineData("after=")]
    [InlineData("after=2")]
    public async Task An_invalid_after_parameter_is_refused(string query)
    {
        var (customer, accounts) = await bank.RegisterAsync(10m);

        using var response = await customer.Http.GetAsync(
            $"/transactions/account/{accounts[0]}/live?{query}");

        await response.ShouldRefuseFieldAsync("after");
    }

    [Fact]
    public async Task A_last_event_id_past_the_last_transaction_is_refused()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m);

        using var response = await LiveHistoryClient.RequestAsync(customer, accounts[0], "2");

        await response.ShouldRefuseFieldAsync("Last-Event-ID", "is past the account's last transaction");
    }

    [Fact]
    public async Task Streaming_another_users_account_is_not_found()
    {
        var (_, accounts) = await bank.RegisterAsync(10m);
        var stranger = await bank.RegisterAsync();

        using var elses = await LiveHistoryClient.RequestAsync(stranger, accounts[0]);
        using var nobodys = await LiveHistoryClient.RequestAsync(stranger, long.MaxValue);

        await elses.ShouldBeProblemAsync(HttpStatusCode.NotFound, "account_not_found");
        (await elses.WithoutTraceAsync()).ShouldBe(await nobodys.WithoutTraceAsync());
    }

    [Fact]
    public async Task Streaming_requires_authentication()
    {
        var (_, accounts) = await bank.RegisterAsync(10m);
        using var anonymous = bank.Anonymous();

        using var response = await LiveHistoryClient.RequestAsync(
            new Customer("nobody", anonymous), accounts[0]);

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task A_closed_account_is_streamed_to_its_end_and_then_refused()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m);
        await using var live = await LiveHistoryClient.SubscribeAsync(customer, accounts[0]);
        (await customer.WithdrawAsync(accounts[0], 10m)).Dispose();

        using var closed = await customer.Http.DeleteAsync($"/accounts/{accounts[0]}");

        (await live.SequencesAsync(1)).ShouldBe([2]);
        (await live.NextAsync()).ShouldBeNull();
        await using var resumed = await LiveHistoryClient.SubscribeAsync(customer, accounts[0], "1");
        (await resumed.SequencesAsync(1)).ShouldBe([2]);
        (await resumed.NextAsync()).ShouldBeNull();
        using var again = await LiveHistoryClient.RequestAsync(customer, accounts[0], "2");
        (await again.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "account_closed"))
            .GetProperty("detail").GetString()!.ShouldNotContain("moved");
    }

    [Fact]
    public async Task A_password_change_ends_the_stream_and_the_new_one_works()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        await using var live = await LiveHistoryClient.SubscribeAsync(customer, accounts[0]);

        using var changed = await customer.Http.PutAsJsonAsync(
            "/auth/password", new { current_password = Customer.Password, new_password = "battery staple" });

        changed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await live.NextAsync()).ShouldBeNull();
        using var refused = await LiveHistoryClient.RequestAsync(customer, accounts[0]);
        await refused.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        customer.Http.DefaultRequestHeaders.Authorization =
            Customer.Basic(customer.Username, "battery staple");
        await using var again = await LiveHistoryClient.SubscribeAsync(customer, accounts[0]);
        (await customer.DepositAsync(accounts[0], 1m)).Dispose();
        (await again.SequencesAsync(1)).ShouldBe([1]);
    }

    [Fact]
    public async Task Deleting_the_user_ends_the_stream()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        await using var live = await LiveHistoryClient.SubscribeAsync(customer, accounts[0]);

        using var left = await customer.Http.DeleteAsync("/auth/me");

        left.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await live.NextAsync()).ShouldBeNull();
    }

    static IEnumerable<long> Numbers(int first, int count) =>
        Enumerable.Range(first, count).Select(number => (long)number);
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.History;

public sealed class GetHistoryTests(BankServer bank)
{
    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task A_history_tells_every_transaction_oldest_first(string slash)
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        using var withdrawal = await customer.WithdrawAsync(accounts[0], 10m);
        using var paid = await customer.TransferAsync(accounts[0], accounts[1], 20.5m);
        using var received = await customer.TransferAsync(accounts[1], accounts[0], 0.5m);

        using var response = await customer.Http.GetAsync($"/transactions/account/{accounts[0]}{slash}");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.Contains("Link").ShouldBeFalse();
        var history = (await response.JsonAsync()).EnumerateArray().ToArray();
        history[0].Names().ShouldBe(["sequence", "id", "to", "amount", "balance", "created_at"]);
        history[1].Names().ShouldBe(["sequence", "id", "from", "amount", "balance", "created_at"]);
        history[2].Names().ShouldBe(["sequence", "id", "from", "to", "amount", "balance", "created_at"]);
        history.Select(item => item.GetProperty("sequence").GetInt64()).ShouldBe([1, 2, 3, 4]);
        history.Select(item => item.GetProperty("amount").GetRawText())
            .ShouldBe(["100.00", "10.00", "20.50", "0.50"]);
        history.Select(item => item.GetProperty("balance").GetRawText())
            .ShouldBe(["100.00", "90.00", "69.50", "70.00"]);
        history[2].GetProperty("from").GetInt64().ShouldBe(accounts[0]);
        history[2].GetProperty("to").GetInt64().ShouldBe(accounts[1]);
        history[3].GetProperty("created_at").ShouldBeUtcNow();
    }

    [Fact]
    public async Task Both_sides_of_a_transfer_tell_it_with_their_own_sequence_and_balance()
    {
        var (payer, from) = await bank.RegisterAsync(100m);
        var (payee, to) = await bank.RegisterAsync(0m);
        using var transfer = await payer.TransferAsync(from[0], to[0], 10m);

        var paid = (await payer.HistoryAsync(from[0])).Last();
        var received = (await payee.HistoryAsync(to[0])).ShouldHaveSingleItem();

        received.GetProperty("id").GetString().ShouldBe(paid.GetProperty("id").GetString());
        paid.GetProperty("sequence").GetInt64().ShouldBe(2);
        paid.GetProperty("balance").GetRawText().ShouldBe("90.00");
        received.GetProperty("sequence").GetInt64().ShouldBe(1);
        received.GetProperty("balance").GetRawText().ShouldBe("10.00");
    }

    [Fact]
    public async Task An_account_without_transactions_has_an_empty_history()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);

        using var response = await customer.Http.GetAsync($"/transactions/account/{accounts[0]}");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).ShouldBe("[]");
        response.Headers.Contains("Link").ShouldBeFalse();
    }

    [Fact]
    public async Task Someone_elses_history_is_as_little_found_as_none()
    {
        var (_, accounts) = await bank.RegisterAsync(100m);
        var stranger = await bank.RegisterAsync();

        using var elses = await stranger.Http.GetAsync($"/transactions/account/{accounts[0]}");
        using var nobodys = await stranger.Http.GetAsync("/transactions/account/9223372036854775807");

        await elses.ShouldBeProblemAsync(HttpStatusCode.NotFound, "account_not_found");
        (await elses.WithoutTraceAsync()).ShouldBe(await nobodys.WithoutTraceAsync());
    }

    [Fact]
    public async Task Nobody_sees_a_history_without_signing_in()
    {
        var (_, accounts) = await bank.RegisterAsync(100m);
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync($"/transactions/account/{accounts[0]}");

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Theory]
    [InlineData("order=asc", new[] { 1, 2, 3, 4, 5 })]
    [InlineData("order=desc", new[] { 5, 4, 3, 2, 1 })]
    public async Task The_order_says_which_end_comes_first(string query, int[] sequences)
    {
        var (customer, account) = await WithHistoryAsync(5);

        using var response = await customer.Http.GetAsync($"/transactions/account/{account}?{query}");

        (await SequencesAsync(response)).ShouldBe(sequences.Select(sequence => (long)sequence));
    }

    [Theory]
    [InlineData("limit=1", 1, true)]
    [InlineData("limit=4", 4, true)]
    [InlineData("limit=5", 5, false)]
    [InlineData("limit=1000", 5, false)]
    [InlineData("", 5, false)]
    public async Task The_limit_says_how_many_come_and_a_link_whether_there_is_more(
        string query, int count, bool isMore)
    {
        var (customer, account) = await WithHistoryAsync(5);

        using var response = await customer.Http.GetAsync($"/transactions/account/{account}?{query}");

        (await SequencesAsync(response)).Length.ShouldBe(count);
        response.Headers.Contains("Link").ShouldBe(isMore);
    }

    [Fact]
    public async Task A_page_has_100_transactions_when_nothing_is_said()
    {
        var (customer, account) = await WithHistoryAsync(101);

        using var response = await customer.Http.GetAsync($"/transactions/account/{account}");

        (await SequencesAsync(response)).Length.ShouldBe(100);
        response.NextPage().ShouldNotBeNull();
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("limit=1.5", "limit")]
    [InlineData("limit=", "limit")]
    [InlineData("limit=99999999999", "limit")]
    [InlineData("order=ASCENDING", "order")]
    [InlineData("order=", "order")]
    [InlineData("order=1", "order")]
    [InlineData("cursor=", "cursor")]
    [InlineData("cursor=1", "cursor")]
    [InlineData("cursor=AAAAAAAAAAAA-", "cursor")]
    [InlineData("cursor=AgAAAAAAAAAB", "cursor")]
    [InlineData("cursor=not%20a%20cursor", "cursor")]
    public async Task A_parameter_that_means_nothing_is_refused(string query, string field)
    {
        var (customer, account) = await WithHistoryAsync(1);

        using var response = await customer.Http.GetAsync($"/transactions/account/{account}?{query}");

        await response.ShouldRefuseFieldAsync(field);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("9223372036854775808")]
    public async Task What_is_no_id_is_refused(string id)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.Http.GetAsync($"/transactions/account/{id}");

        await response.ShouldRefuseFieldAsync("id");
    }

    [Fact]
    public async Task A_cursor_belongs_to_its_order()
    {
        var (customer, account) = await WithHistoryAsync(3);
        using var page = await customer.Http.GetAsync($"/transactions/account/{account}?limit=1&order=asc");
        var turned = page.NextPage()!.Replace("order=asc", "order=desc");

        using var response = await customer.Http.GetAsync(turned);

        turned.ShouldContain("order=desc");
        await response.ShouldRefuseFieldAsync("cursor");
    }

    [Fact]
    public async Task A_cursor_opens_no_one_elses_history()
    {
        var (customer, account) = await WithHistoryAsync(3);
        var stranger = await bank.RegisterAsync();
        using var page = await customer.Http.GetAsync($"/transactions/account/{account}?limit=1");

        using var response = await stranger.Http.GetAsync(page.NextPage());

        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "account_not_found");
    }

    [Theory]
    [InlineData("asc")]
    [InlineData("desc")]
    public async Task The_links_lead_through_every_transaction_once(string order)
    {
        var (customer, account) = await WithHistoryAsync(10);
        var sequences = new List<long>();

        for (var next = $"/transactions/account/{account}?limit=3&order={order}"; next is not null;)
        {
            using var page = await customer.Http.GetAsync(next);
            sequences.AddRange(await SequencesAsync(page));
            next = page.NextPage();
        }

        var all = Enumerable.Range(1, 10).Select(sequence => (long)sequence);
        sequences.ShouldBe(order == "asc" ? all : all.Reverse());
    }

    [Theory]
    [InlineData("asc", 8)]
    [InlineData("desc", 5)]
    public async Task Transactions_that_arrive_between_pages_are_neither_skipped_nor_repeated(
        string order, int last)
    {
        var (customer, account) = await WithHistoryAsync(5);
        var sequences = new List<long>();
        var arrivals = 3;

        for (var next = $"/transactions/account/{account}?limit=2&order={order}"; next is not null;)
        {
            using var page = await customer.Http.GetAsync(next);
            sequences.AddRange(await SequencesAsync(page));
            next = page.NextPage();

            if (arrivals-- > 0)
                (await customer.DepositAsync(account, 1m)).Dispose();
        }

        var all = Enumerable.Range(1, last).Select(sequence => (long)sequence);
        sequences.ShouldBe(order == "asc" ? all : all.Reverse());
    }

    [Fact]
    public async Task A_history_read_during_a_burst_has_no_gap()
    {
        var (customer, accounts) = await bank.RegisterAsync(1000m, 1000m);
        var burst = Burst.OfAsync(
            100, index => customer.TransferAsync(accounts[index % 2], accounts[(index + 1) % 2], 1m));

        do
        {
            var sequences = (await customer.HistoryAsync(accounts[0]))
                .Select(item => item.GetProperty("sequence").GetInt64()).ToArray();
            sequences.ShouldBe(Enumerable.Range(1, sequences.Length).Select(sequence => (long)sequence));
        }
        while (!burst.IsCompleted);

        (await burst).ShouldAllBe(response => response.StatusCode == HttpStatusCode.Created);
        (await customer.HistoryAsync(accounts[0])).Length.ShouldBe(101);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task A_query_parameter_does_not_change_which_account_the_path_names()
    {
        var (customer, accounts) = await bank.RegisterAsync(1m, 2m);

        var history = await customer.Http.GetFromJsonAsync<JsonElement[]>(
            $"/transactions/account/{accounts[0]}?id={accounts[1]}");

        history.ShouldHaveSingleItem().GetProperty("to").GetInt64().ShouldBe(accounts[0]);
    }

    async Task<(Customer Customer, long Account)> WithHistoryAsync(int length)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        var deposits = await Burst.OfAsync(length, _ => customer.DepositAsync(accounts[0], 1m));
        deposits.ShouldAllBe(response => response.StatusCode == HttpStatusCode.Created);

        return (customer, accounts[0]);
    }

    static async Task<long[]> SequencesAsync(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var page = await response.JsonAsync();
        return [.. page.EnumerateArray().Select(item => item.GetProperty("sequence").GetInt64())];
    }
}

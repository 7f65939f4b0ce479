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
    public async Task A_history_lists_every_transaction_oldest_first(string slash)
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
    public async Task Payer_and_payee_see_their_own_sequence_and_balance()
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
    public async Task Concurrent_callers_see_only_their_own_histories()
    {
        var (one, ones) = await bank.RegisterAsync(1m, 0m);
        var (other, others) = await bank.RegisterAsync(2m);
        using var deposit = await other.DepositAsync(others[0], 3m);
        (Customer Customer, long Account, string Query, decimal[]? Amounts)[] questions =
        [
            (one, ones[0], "", [1m]), (one, ones[1], "", []), (one, others[0], "", null),
            (other, others[0], "", [2m, 3m]), (other, others[0], "?order=desc", [3m, 2m]),
            (other, others[0], "?limit=1", [2m]), (other, others[0], "?limit=1&order=desc", [3m]),
            (other, ones[0], "", null), (one, long.MaxValue, "", null), (other, -1, "", null),
        ];

        var responses = await Burst.OfAsync(400, index =>
        {
            var (customer, account, query, _) = questions[index % questions.Length];
            return customer.Http.GetAsync($"/transactions/account/{account}{query}");
        });

        foreach (var (index, response) in responses.Index())
        {
            var amounts = questions[index % questions.Length].Amounts;
            response.StatusCode.ShouldBe(amounts is null ? HttpStatusCode.NotFound : HttpStatusCode.OK);

            if (amounts is not null)
                (await response.JsonAsync()).EnumerateArray()
                    .Select(item => item.GetProperty("amount").GetDecimal()).ShouldBe(amounts);
        }
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
    public async Task Another_users_history_is_not_found()
    {
        var (_, accounts) = await bank.RegisterAsync(100m);
        var stranger = await bank.RegisterAsync();

        using var elses = await stranger.Http.GetAsync($"/transactions/account/{accounts[0]}");
        using var nobodys = await stranger.Http.GetAsync("/transactions/account/9223372036854775807");

        await elses.ShouldBeProblemAsync(HttpStatusCode.NotFound, "account_not_found");
        (await elses.WithoutTraceAsync()).ShouldBe(await nobodys.WithoutTraceAsync());
    }

    [Fact]
    public async Task Getting_a_history_requires_authentication()
    {
        var (_, accounts) = await bank.RegisterAsync(100m);
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync($"/transactions/account/{accounts[0]}");

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Theory]
    [InlineData("order=asc", new[] { 1, 2, 3, 4, 5 })]
    [InlineData("order=desc", new[] { 5, 4, 3, 2, 1 })]
    public async Task History_order_is_ascending_or_descending_as_requested(string query, int[] sequences)
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
    public async Task The_limit_caps_the_page_and_a_link_leads_to_the_next(
        string query, int count, bool isMore)
    {
        var (customer, account) = await WithHistoryAsync(5);

        using var response = await customer.Http.GetAsync($"/transactions/account/{account}?{query}");

        (await SequencesAsync(response)).Length.ShouldBe(count);
        response.Headers.Contains("Link").ShouldBe(isMore);
    }

    [Fact]
    public async Task A_history_page_has_100_transactions_by_default()
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
    [InlineData("since=yesterday", "since")]
    [InlineData("since=", "since")]
    [InlineData("until=2026-01-05T09:30:00", "until")]
    [InlineData("since=2026-01-05T09:30:00Z&until=2026-01-05T09:29:59.999999Z", "until")]
    [InlineData("since=2026-01-05T09:30:00%2B02:00&until=2026-01-05T09:30:00%2B02:01", "until")]
    [InlineData("direction=", "direction")]
    [InlineData("direction=IN", "direction")]
    [InlineData("direction=both", "direction")]
    public async Task An_invalid_history_parameter_is_refused(string query, string field)
    {
        var (customer, account) = await WithHistoryAsync(1);

        using var response = await customer.Http.GetAsync($"/transactions/account/{account}?{query}");

        await response.ShouldRefuseFieldAsync(field);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("9223372036854775808")]
    public async Task A_history_with_an_invalid_account_id_is_refused(string id)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.Http.GetAsync($"/transactions/account/{id}");

        await response.ShouldRefuseFieldAsync("id");
    }

    [Fact]
    public async Task History_includes_since_and_excludes_until()
    {
        var (customer, account) = await WithLongHistoryAsync();

        (await ReadAsync(customer, account, 3, 6)).ShouldBe([3, 4, 5]);
        (await ReadAsync(customer, account, 3, 6, "&order=desc")).ShouldBe([5, 4, 3]);
        (await ReadAsync(customer, account, 4, 4)).ShouldBeEmpty();
        (await ReadAsync(customer, account, 0, 1)).ShouldBeEmpty();
        (await ReadAsync(customer, account, -5, 3)).ShouldBe([1, 2]);
        (await ReadAsync(customer, account, 9, 99)).ShouldBe([9, 10]);
        (await ReadAsync(customer, account, 99, 100)).ShouldBeEmpty();
        (await ReadAsync(customer, account, 3.5, 5.000001)).ShouldBe([4, 5]);
    }

    [Theory]
    [InlineData("in", new long[] { 1, 3, 5, 7, 9 })]
    [InlineData("out", new long[] { 2, 4, 6, 8, 10 })]
    public async Task A_direction_filters_out_the_other_direction(string direction, long[] sequences)
    {
        var (customer, account) = await WithLongHistoryAsync();

        (await ReadAsync(customer, account, 0, 99, $"&direction={direction}")).ShouldBe(sequences);
    }

    [Theory]
    [InlineData("asc", "", new long[] { 3, 4, 5, 6, 7, 8 })]
    [InlineData("desc", "", new long[] { 8, 7, 6, 5, 4, 3 })]
    [InlineData("asc", "&direction=in", new long[] { 3, 5, 7 })]
    [InlineData("desc", "&direction=out", new long[] { 8, 6, 4 })]
    public async Task Page_links_keep_the_period_and_the_direction(
        string order, string more, long[] sequences)
    {
        var (customer, account) = await WithLongHistoryAsync();

        for (var limit = 1; limit <= 4; limit++)
            (await ReadAsync(customer, account, 3, 9, $"{more}&order={order}&limit={limit}"))
                .ShouldBe(sequences);
    }

    [Fact]
    public async Task Since_accepts_any_offset_and_an_unescaped_plus()
    {
        var (customer, account) = await WithLongHistoryAsync();

        foreach (var since in new[]
        {
            "2026-01-01T00:00:08Z", "2026-01-01T02:00:08%2B02:00", "2026-01-01T02:00:08+02:00",
            "2025-12-31T19:00:08-05:00", "2026-01-01T00:00:08.0000009Z",
        })
        {
            using var page = await customer.Http.GetAsync($"/transactions/account/{account}?since={since}");
            (await SequencesAsync(page)).ShouldBe([8, 9, 10], since);
        }
    }

    [Fact]
    public async Task A_cursor_is_refused_in_the_opposite_order()
    {
        var (customer, account) = await WithHistoryAsync(3);
        using var page = await customer.Http.GetAsync($"/transactions/account/{account}?limit=1&order=asc");
        var turned = page.NextPage()!.Replace("order=asc", "order=desc");

        using var response = await customer.Http.GetAsync(turned);

        turned.ShouldContain("order=desc");
        await response.ShouldRefuseFieldAsync("cursor");
    }

    [Fact]
    public async Task A_cursor_gives_no_access_to_another_users_history()
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
    public async Task Following_next_page_links_lists_every_transaction_once(string order)
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
    public async Task Pages_neither_skip_nor_repeat_arriving_transactions(
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
    public async Task An_id_in_the_query_string_does_not_override_the_path()
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

    /// <summary>An account with ten transactions, alternately in and out, one second apart.</summary>
    async Task<(Customer Customer, long Account)> WithLongHistoryAsync()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        await LongHistory.WriteAsync(bank.Database, accounts[0], 10);

        return (customer, accounts[0]);
    }

    /// <summary>Reads all pages of that history between two seconds.</summary>
    static async Task<long[]> ReadAsync(
        Customer customer, long account, double since, double until, string more = "")
    {
        var sequences = new List<long>();
        var next = $"/transactions/account/{account}?since={LongHistory.At(0).AddSeconds(since):O}"
            + $"&until={LongHistory.At(0).AddSeconds(until):O}{more}";

        while (next is not null)
        {
            using var page = await customer.Http.GetAsync(next);
            sequences.AddRange(await SequencesAsync(page));
            next = page.NextPage();
        }

        return [.. sequences];
    }

    static async Task<long[]> SequencesAsync(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var page = await response.JsonAsync();
        return [.. page.EnumerateArray().Select(item => item.GetProperty("sequence").GetInt64())];
    }
}

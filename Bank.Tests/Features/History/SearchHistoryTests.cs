using System.Net;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.History;

public sealed class SearchHistoryTests(BankServer bank)
{
    [Theory]
    [InlineData("reference=Rent", new[] { 2, 4 })]
    [InlineData("reference=Rent&order=desc", new[] { 4, 2 })]
    [InlineData("reference=rent", new int[0])]
    [InlineData("reference=Ren", new int[0])]
    [InlineData("reference=Rent%20", new int[0])]
    [InlineData("reference=Caf%C3%A9+%26+%3D%25", new[] { 5 })]
    [InlineData("min_amount=20", new[] { 1, 3, 5 })]
    [InlineData("max_amount=10.00", new[] { 2, 4 })]
    [InlineData("min_amount=10&max_amount=20", new[] { 2, 3, 4 })]
    [InlineData("min_amount=9.99&max_amount=10.01", new[] { 2, 4 })]
    [InlineData("min_amount=999999999999.99", new int[0])]
    [InlineData("min_amount=999999999999999", new int[0])]
    [InlineData("min_amount=19.999&max_amount=20.0049", new[] { 3 })]
    [InlineData("counterparty={1}", new[] { 2, 3 })]
    [InlineData("counterparty={2}", new[] { 4 })]
    [InlineData("counterparty={0}", new int[0])]
    [InlineData("counterparty=0", new int[0])]
    [InlineData("counterparty=-1", new int[0])]
    [InlineData("counterparty={1}&reference=Rent", new[] { 2 })]
    [InlineData("counterparty={1}&direction=in", new[] { 3 })]
    [InlineData("reference=Rent&direction=in", new int[0])]
    [InlineData("reference=Rent&direction=out&max_amount=10", new[] { 2, 4 })]
    [InlineData("direction=out&min_amount=1&order=desc", new[] { 5, 4, 2 })]
    public async Task Search_finds_what_matches_every_parameter(string query, int[] sequences)
    {
        var (customer, accounts) = await WithHistoryAsync();
        var filled = query.Replace("{0}", $"{accounts[0]}").Replace("{1}", $"{accounts[1]}")
            .Replace("{2}", $"{accounts[2]}");

        using var response = await customer.Http.GetAsync($"/transactions/account/{accounts[0]}?{filled}");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.Contains("Link").ShouldBeFalse();
        var history = await customer.HistoryAsync(accounts[0]);
        (await response.JsonAsync()).EnumerateArray().Select(item => item.GetRawText())
            .ShouldBe(sequences.Select(sequence => history[sequence - 1].GetRawText()));
    }

    [Theory]
    [InlineData("BHD", 0.005, "min_amount=0.004&max_amount=0.0059", 1)]
    [InlineData("BHD", 0.005, "min_amount=0.0051", 0)]
    [InlineData("JPY", 999999999999999, "min_amount=999999999999999", 1)]
    [InlineData("CLF", 0.0001, "max_amount=0.0001", 1)]
    [InlineData("CLF", 0.0001, "min_amount=999999999999999", 0)]
    [InlineData("CLF", 0.0001, "max_amount=999999999999999", 1)]
    public async Task Search_takes_limits_in_any_currency(
        string currency, decimal amount, string query, int found)
    {
        var customer = await bank.RegisterAsync();
        var account = await customer.OpenAccountAsync(currency);
        await customer.DepositInAsync(account, amount, currency);

        using var response = await customer.Http.GetAsync($"/transactions/account/{account}?{query}");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.JsonAsync()).GetArrayLength().ShouldBe(found);
    }

    [Theory]
    [InlineData("asc")]
    [InlineData("desc")]
    public async Task Found_pages_link_to_the_next_with_all_parameters(string order)
    {
        var (customer, accounts) = await WithHistoryAsync();
        var since = (await customer.HistoryAsync(accounts[0]))[0].GetProperty("created_at").GetString()!;
        var next = $"/transactions/account/{accounts[0]}?reference=Rent&max_amount=10.50&direction=out"
            + $"&limit=1&order={order}&since={Uri.EscapeDataString(since)}";
        var found = new List<long>();

        while (next is not null)
        {
            using var response = await customer.Http.GetAsync(next);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            found.AddRange((await response.JsonAsync()).EnumerateArray()
                .Select(item => item.GetProperty("sequence").GetInt64()));
            next = response.Headers.TryGetValues("Link", out var links)
                ? links.Single().Split('>')[0].TrimStart('<')
                : null;
            next?.ShouldContain("&reference=Rent&max_amount=10.50&");
        }

        found.ShouldBe(order == "asc" ? [2, 4] : [4, 2]);
    }

    [Theory]
    [InlineData("reference=", "reference")]
    [InlineData("reference=%20", "reference")]
    [InlineData("reference=a%0Ab", "reference")]
    [InlineData("min_amount=", "min_amount")]
    [InlineData("min_amount=0", "min_amount")]
    [InlineData("min_amount=-1", "min_amount")]
    [InlineData("min_amount=1,000", "min_amount")]
    [InlineData("min_amount=%201", "min_amount")]
    [InlineData("min_amount=ten", "min_amount")]
    [InlineData("max_amount=0.00005", "max_amount")]
    [InlineData("max_amount=1000000000000000", "max_amount")]
    [InlineData("max_amount=0.0100000000000000000000000000000000000001", "max_amount")]
    [InlineData("min_amount=2&max_amount=1", "max_amount")]
    [InlineData("min_amount=1&min_amount=2", "min_amount")]
    [InlineData("counterparty=", "counterparty")]
    [InlineData("counterparty=me", "counterparty")]
    [InlineData("counterparty=9223372036854775808", "counterparty")]
    public async Task Invalid_search_parameter_is_refused(string query, string field)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);

        using var response = await customer.Http.GetAsync($"/transactions/account/{accounts[0]}?{query}");

        await response.ShouldRefuseFieldAsync(field);
    }

    [Theory]
    [InlineData("reference=Rent")]
    [InlineData("min_amount=1")]
    [InlineData("counterparty=1")]
    public async Task Search_of_another_users_history_is_not_found(string query)
    {
        var (_, accounts) = await bank.RegisterAsync(1m);
        var stranger = await bank.RegisterAsync();

        using var elses = await stranger.Http.GetAsync($"/transactions/account/{accounts[0]}?{query}");
        using var nobodys = await stranger.Http.GetAsync($"/transactions/account/{long.MaxValue}?{query}");

        await elses.ShouldBeProblemAsync(HttpStatusCode.NotFound, "account_not_found");
        (await elses.WithoutTraceAsync()).ShouldBe(await nobodys.WithoutTraceAsync());
    }

    [Fact]
    public async Task Longest_reference_is_found_and_its_link_works()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        var reference = string.Concat(Enumerable.Repeat("🏠", 140));

        for (var count = 0; count < 2; count++)
        {
            using var posted = await customer.PostAsync(
                "/transactions/deposit",
                JsonSerializer.Serialize(new { account_id = accounts[0], amount = 1, reference }));
            posted.StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        using var first = await customer.Http.GetAsync(
            $"/transactions/account/{accounts[0]}?limit=1&reference={Uri.EscapeDataString(reference)}");
        using var second = await customer.Http.GetAsync(
            first.Headers.GetValues("Link").Single().Split('>')[0].TrimStart('<'));

        (await first.JsonAsync())[0].GetProperty("sequence").GetInt64().ShouldBe(1);
        (await second.JsonAsync())[0].GetProperty("sequence").GetInt64().ShouldBe(2);
        second.Headers.Contains("Link").ShouldBeFalse();
    }

    /// <summary>
    /// A deposit, a payment and one back, and a payment to a third account, and a withdrawal.
    /// </summary>
    async Task<(Customer Customer, long[] Accounts)> WithHistoryAsync()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 30m, 0m);
        var (payer, payee, other) = (accounts[0], accounts[1], accounts[2]);
        await PostAsync("transfer", new { from = payer, to = payee, amount = 10, reference = "Rent" });
        await PostAsync("transfer", new { from = payee, to = payer, amount = 20 });
        await PostAsync("transfer", new { from = payer, to = other, amount = 10, reference = "Rent" });
        await PostAsync("withdrawal", new { account_id = payer, amount = 50, reference = "Café & =%" });

        return (customer, accounts);

        async Task PostAsync(string slice, object body)
        {
            using var posted = await customer.PostAsync(
                $"/transactions/{slice}", JsonSerializer.Serialize(body));
            posted.StatusCode.ShouldBe(HttpStatusCode.Created);
        }
    }
}

using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Accounts;

public sealed class ListAccountsTests(BankServer bank)
{
    [Theory]
    [InlineData("/accounts/")]
    [InlineData("/accounts")]
    public async Task Callers_see_their_own_accounts_newest_first(string path)
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m, 20.5m);
        await bank.RegisterAsync(30m);

        using var response = await customer.Http.GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var list = (await response.JsonAsync()).EnumerateArray().ToArray();
        list.ShouldAllBe(account =>
            account.Names().SequenceEqual(new[] { "id", "balance", "available", "created_at" }));
        list.Select(account => account.GetProperty("id").GetInt64())
            .ShouldBe([accounts[2], accounts[1], accounts[0]]);
        list.Select(account => account.GetProperty("balance").GetRawText())
            .ShouldBe(["20.50", "0.00", "10.00"]);
    }

    [Fact]
    public async Task A_caller_without_accounts_sees_an_empty_list()
    {
        var customer = await bank.RegisterAsync();

        var list = await customer.Http.GetStringAsync("/accounts/");

        list.ShouldBe("[]");
    }

    [Theory]
    [InlineData("", 5, false)]
    [InlineData("limit=1", 1, true)]
    [InlineData("limit=4", 4, true)]
    [InlineData("limit=5", 5, false)]
    [InlineData("limit=1000", 5, false)]
    public async Task The_limit_caps_the_page_and_a_link_leads_to_the_next(
        string query, int count, bool isMore)
    {
        var (customer, _) = await bank.RegisterAsync(new decimal[5]);

        using var response = await customer.Http.GetAsync($"/accounts/?{query}");

        (await IdsAsync(response)).Length.ShouldBe(count);
        response.Headers.Contains("Link").ShouldBe(isMore);
    }

    [Fact]
    public async Task Links_list_each_account_once_while_others_are_opened()
    {
        var (customer, accounts) = await bank.RegisterAsync(new decimal[7]);
        await bank.RegisterAsync(0m);
        var seen = new List<long>();

        for (var next = "/accounts?limit=3"; next is not null;)
        {
            using var page = await customer.Http.GetAsync(next);
            seen.AddRange(await IdsAsync(page));
            next = page.NextPage();
            await customer.OpenAccountAsync();
        }

        seen.ShouldBe(accounts.Reverse());
    }

    [Fact]
    public async Task Without_a_limit_a_page_has_at_most_1000_accounts()
    {
        var customer = await bank.RegisterAsync();
        await bank.Database.ExecuteAsync(
            "INSERT INTO accounts (user_id) SELECT $1 FROM generate_series(1, 1001)",
            await customer.IdAsync());

        using var response = await customer.Http.GetAsync("/accounts/");

        (await IdsAsync(response)).Length.ShouldBe(1000);
        using var rest = await customer.Http.GetAsync(response.NextPage());
        (await IdsAsync(rest)).Length.ShouldBe(1);
        rest.NextPage().ShouldBeNull();
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("cursor=", "cursor")]
    [InlineData("cursor=AAAAAAAAAAAB", "cursor")]
    [InlineData("cursor=not%20a%20cursor", "cursor")]
    public async Task An_invalid_limit_or_cursor_is_refused(string query, string field)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.Http.GetAsync($"/accounts/?{query}");

        await response.ShouldRefuseFieldAsync(field);
    }

    [Fact]
    public async Task Listing_accounts_requires_authentication()
    {
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync("/accounts/");

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    static async Task<long[]> IdsAsync(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var page = await response.JsonAsync();
        return [.. page.EnumerateArray().Select(account => account.GetProperty("id").GetInt64())];
    }
}

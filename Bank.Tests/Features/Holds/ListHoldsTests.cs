using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Holds;

public sealed class ListHoldsTests(BankServer bank)
{
    [Fact]
    public async Task Payer_and_payee_page_through_their_holds_newest_first()
    {
        var (payer, from) = await bank.RegisterAsync(100m);
        var (payee, to) = await bank.RegisterAsync(100m);
        Guid[] holds =
        [
            await payer.HoldAsync(from[0], to[0], 1m), await payee.HoldAsync(to[0], from[0], 2m),
            await payer.HoldAsync(from[0], to[0], 3m),
        ];

        foreach (var (customer, account) in new[] { (payer, from[0]), (payee, to[0]) })
        {
            using var first = await customer.Http.GetAsync($"/accounts/{account}/holds?limit=2");
            var second = await customer.Http.GetFromJsonAsync<JsonElement[]>(first.NextPage());

            (await first.Content.ReadFromJsonAsync<JsonElement[]>())!.Concat(second!)
                .Select(hold => hold.GetProperty("id").GetGuid()).ShouldBe(holds.Reverse());
        }
    }

    [Fact]
    public async Task No_holds_is_an_empty_list_and_another_users_are_not_found()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        var other = await bank.RegisterAsync();

        (await customer.Http.GetStringAsync($"/accounts/{accounts[0]}/holds")).ShouldBe("[]");
        using var response = await other.Http.GetAsync($"/accounts/{accounts[0]}/holds");

        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "account_not_found");
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("cursor=nonsense", "cursor")]
    public async Task An_invalid_limit_or_cursor_of_holds_is_refused(string query, string field)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);

        using var response = await customer.Http.GetAsync($"/accounts/{accounts[0]}/holds?{query}");

        await response.ShouldRefuseFieldAsync(field);
    }
}

using System.Net;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Http;

/// <summary>Amounts as JSON strings, for clients that ask for them.</summary>
public sealed class AmountsAsStringsTests(BankServer bank)
{
    const string Strings = "application/json; amounts=string";

    [Fact]
    public async Task Every_amount_of_a_response_is_a_string_if_asked_for()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var dinars = await customer.OpenAccountAsync("BHD");
        await customer.DepositInAsync(dinars, 0.005m, "BHD");
        await customer.PayAsync(accounts[0], accounts[1], 10.5m);
        var hold = await customer.HoldAsync(accounts[0], accounts[1], 1m);

        foreach (var path in (string[])
            [
                "/accounts/", $"/accounts/{accounts[0]}", $"/accounts/{dinars}", $"/holds/{hold}",
                $"/accounts/{accounts[0]}/balance?at=2020-01-01T00:00:00Z",
                $"/transactions/account/{accounts[0]}",
                $"/accounts/{accounts[0]}/statement?since=2019-01-01T00:00:00Z&until=2020-01-01T00:00:00Z",
            ])
        {
            customer.Accept(null);
            using var numbers = await customer.Http.GetAsync(path);
            customer.Accept(Strings);
            using var strings = await customer.Http.GetAsync(path);

            strings.Content.Headers.ContentType!.ToString()
                .ShouldBe("application/json; charset=utf-8; amounts=string", path);
            var text = await strings.Content.ReadAsStringAsync();
            var decimals = AmountsOf(JsonDocument.Parse(text).RootElement).ToArray();
            decimals.ShouldNotBeEmpty(path);
            decimals.ShouldAllBe(amount => amount.ValueKind == JsonValueKind.String, path);
            // Without the quotes of its amounts it is the response with numbers.
            foreach (var amount in decimals)
                text = text.Replace(amount.GetRawText(), amount.GetString());
            text.ShouldBe(await numbers.Content.ReadAsStringAsync(), path);
        }
    }

    [Fact]
    public async Task Posted_transaction_and_its_replay_follow_Accept()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        var key = Names.New();

        using var first = await PostAsync(Strings);
        using var replay = await PostAsync("application/json");

        (await first.Content.ReadAsStringAsync()).ShouldContain("\"amount\":\"10.50\",\"balance\":\"10.50\"");
        (await replay.Content.ReadAsStringAsync()).ShouldContain("\"amount\":10.50,\"balance\":10.50");
        replay.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);

        Task<HttpResponseMessage> PostAsync(string accept)
        {
            customer.Accept(accept);
            return customer.PostAsync(
                "/transactions/deposit", $$"""{"account_id": {{accounts[0]}}, "amount": "10.5"}""", key);
        }
    }

    [Theory]
    [InlineData(Strings, true)]
    [InlineData("APPLICATION/JSON;Amounts=\"STRING\"", true)]
    [InlineData("application/json; amounts=string, text/plain, */*", true)]
    [InlineData("application/*; amounts=string", true)]
    [InlineData("*/*; amounts=string", true)]
    [InlineData("application/json; q=0.5, application/json; amounts=string", true)]
    [InlineData("application/json; amounts=string; q=0.5, application/json", false)]
    [InlineData("application/json, application/json; amounts=string", false)]
    [InlineData("application/json; amounts=string; q=0, */*", false)]
    [InlineData("text/html; amounts=string, application/json", false)]
    [InlineData("application/json; amounts=number", false)]
    [InlineData("application/json; amounts", false)]
    [InlineData("amounts=string", false)]
    [InlineData("application/json", false)]
    public async Task Best_range_of_Accept_that_is_JSON_decides(string accept, bool asStrings)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        customer.Accept(accept);

        foreach (var path in (string[])["", "/statement"])
        {
            using var response = await customer.Http.GetAsync($"/accounts/{accounts[0]}{path}");

            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            if (response.Content.Headers.ContentType!.MediaType == "application/json")
                AmountsOf(await response.JsonAsync()).ShouldAllBe(
                    amount => amount.ValueKind == (asStrings ? JsonValueKind.String : JsonValueKind.Number));
        }
    }

    [Fact]
    public async Task Live_history_has_strings_if_asked_for()
    {
        var (customer, accounts) = await bank.RegisterAsync(1m);
        customer.Accept("text/event-stream; amounts=string");
        await using var live = await LiveHistoryClient.SubscribeAsync(customer, accounts[0], "0");

        var item = (await live.NextAsync()).ShouldNotBeNull();

        item.Data.ShouldContain("\"amount\":\"1.00\"");
    }

    static IEnumerable<JsonElement> AmountsOf(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Array => json.EnumerateArray().SelectMany(AmountsOf),
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member =>
            member.Name is "amount" or "balance" or "available" or "opening_balance" or "closing_balance"
                or "total_in" or "total_out"
                ? [member.Value]
                : AmountsOf(member.Value)),
        _ => [],
    };
}

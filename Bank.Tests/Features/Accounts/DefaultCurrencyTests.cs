using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Accounts;

/// <summary><c>Accounts:DefaultCurrency</c>.</summary>
[Trait("Speed", "Slow")]
public sealed class DefaultCurrencyTests(BankServer server)
{
    [Fact]
    public async Task Default_currency_is_meant_where_none_is_named()
    {
        await using var bank = await IsolatedBank.StartAsync(server, "Accounts:DefaultCurrency=jpy");
        var customer = await bank.RegisterAsync();
        using var opened = await customer.PostAsync("/accounts/", "", "one");
        using var replayed = await customer.PostAsync("/accounts/", "{}", "one");
        var (from, to) = (await customer.OpenAccountAsync(), await customer.OpenAccountAsync("JPY"));
        var plain = await bank.Database.ScalarAsync<long>(
            "INSERT INTO accounts (user_id) SELECT user_id FROM accounts LIMIT 1 RETURNING id");

        using var deposited = await customer.DepositAsync(from, 500m);
        using var fraction = await customer.DepositAsync(from, 0.5m);
        using var none = await customer.DepositAsync(plain, 1m);
        using var batch = await customer.PostBatchAsync([(from, to, 100m)]);
        using var placed = await customer.PostAsync(
            "/holds", $$"""{"from": {{from}}, "to": {{to}}, "amount": 50}""", "hold");
        var hold = (await placed.EnsureSuccessStatusCode().JsonAsync()).GetProperty("id").GetGuid();
        using var captured = await customer.PostAsync($"/holds/{hold}/capture", "");

        (await opened.Content.ReadAsStringAsync()).ShouldContain("\"currency\":\"JPY\",\"balance\":0,");
        await replayed.ShouldReplayAsync(opened);
        (await deposited.Content.ReadAsStringAsync())
            .ShouldContain("\"amount\":500,\"currency\":\"JPY\",\"balance\":500,");
        await fraction.ShouldRefuseFieldAsync("amount", "must have no decimals in JPY");
        (await none.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "currency_mismatch"))
            .GetProperty("detail").GetString()!.ShouldStartWith($"Account {plain} has no currency");
        (await batch.Content.ReadAsStringAsync()).ShouldContain("\"currency\":\"JPY\",\"balance\":400,");
        (await captured.Content.ReadAsStringAsync()).ShouldContain("\"amount\":50,\"currency\":\"JPY\"");
        await bank.Ledger.ShouldHoldAsync(from, to);
    }
}

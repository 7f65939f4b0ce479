using System.Net;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Accounts;

/// <summary>Accounts with a currency, through every endpoint that shows or takes an amount.</summary>
public sealed class AccountCurrencyTests(BankServer bank)
{
    [Theory]
    [InlineData("JPY", "0")]
    [InlineData("EUR", "0.00")]
    [InlineData("BHD", "0.000")]
    [InlineData("CLF", "0.0000")]
    public async Task Account_shows_its_currency_and_its_decimals(string currency, string zero)
    {
        var customer = await bank.RegisterAsync();
        var body = $$"""{"currency": "{{currency}}"}""";
        using var opened = await customer.PostAsync("/accounts/", body, "key");
        using var again = await customer.PostAsync("/accounts/", body, "key");
        using var other = await customer.PostAsync("/accounts/", "{}", "key");

        var text = await opened.Content.ReadAsStringAsync();
        text.ShouldContain($"\"currency\":\"{currency}\",\"balance\":{zero},\"available\":{zero},");
        await again.ShouldReplayAsync(opened);
        await other.ShouldBeReusedAsync();
        (await customer.Http.GetStringAsync(opened.Headers.Location)).ShouldBe(text);
        (await customer.Http.GetStringAsync("/accounts/")).ShouldBe($"[{text}]");
    }

    [Theory]
    [InlineData("jpy")]
    [InlineData("EURO")]
    [InlineData("ZZZ")]
    [InlineData("")]
    [InlineData("EUR ")]
    public async Task Unknown_currency_is_refused_everywhere(string currency)
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m);
        const string Reason = "must be a currency code of ISO 4217, such as EUR";
        var amount = $"""
            "amount": 1, "currency": "{currency}"
            """;
        var transfer = $"\"from\": {accounts[0]}, \"to\": {accounts[1]}, {amount}";

        foreach (var (path, body) in new[]
        {
            ("/accounts/", $"\"currency\": \"{currency}\""),
            ("/transactions/deposit", $"\"account_id\": {accounts[0]}, {amount}"),
            ("/transactions/withdrawal", $"\"account_id\": {accounts[0]}, {amount}"),
            ("/transactions/transfer", transfer),
            ("/holds", transfer),
            ($"/holds/{Guid.NewGuid()}/capture", amount),
            ($"/transactions/{Guid.NewGuid()}/refund", amount),
        })
        {
            using var response = await customer.PostAsync(path, $"{{{body}}}");
            await response.ShouldRefuseFieldAsync("currency", Reason);
        }

        var transfers = $$"""{"transfers": [{ {{transfer}} }]}""";
        using var batch = await customer.PostAsync("/transactions/batch", transfers);
        await batch.ShouldRefuseFieldAsync("transfers[0].currency", Reason);
        using var bulk = await customer.PostAsync("/transactions/bulk", transfers);
        (await bulk.JsonAsync()).GetProperty("results")[0].GetProperty("errors")[0].GetProperty("reason")
            .GetString().ShouldBe(Reason);
        (await customer.BalanceAsync(accounts[0])).ShouldBe(10m);
    }

    [Theory]
    [InlineData("JPY", "0.5", "must have no decimals in JPY")]
    [InlineData("JPY", "1000000000000000", "must be at most 999999999999999 JPY")]
    [InlineData("EUR", "0.001", "must have at most 2 decimals in EUR")]
    [InlineData("EUR", "10000000000000", "must be at most 9999999999999.99 EUR")]
    [InlineData("BHD", "1.2345", "must have at most 3 decimals in BHD")]
    [InlineData("BHD", "1000000000000", "must be at most 999999999999.999 BHD")]
    [InlineData("CLF", "0.00005", "must have at most 4 decimals in CLF")]
    [InlineData("JPY", "0", "must be greater than 0")]
    public async Task Amount_that_its_currency_cannot_have_is_refused(
        string currency, string amount, string reason)
    {
        var customer = await bank.RegisterAsync();
        var account = await customer.OpenAccountAsync(currency);

        using var response = await customer.PostAsync(
            "/transactions/deposit",
            $$"""{"account_id": {{account}}, "amount": {{amount}}, "currency": "{{currency}}"}""");

        await response.ShouldRefuseFieldAsync("amount", reason);
    }

    /// <summary>An amount, a half of it and zero, as the responses write them.</summary>
    [Theory]
    [InlineData("JPY", "500", "250", "0")]
    [InlineData("EUR", "10.50", "5.25", "0.00")]
    [InlineData("BHD", "12.346", "6.173", "0.000")]
    [InlineData("CLF", "0.0002", "0.0001", "0.0000")]
    [InlineData("JPY", "333333333333332", "166666666666666", "0")]
    public async Task Every_response_has_the_currency_and_its_decimals(
        string currency, string amount, string half, string zero)
    {
        var customer = await bank.RegisterAsync();
        var from = await customer.OpenAccountAsync(currency);
        var to = await customer.OpenAccountAsync(currency);
        var keys = 0;
        var named = $"\"currency\":\"{currency}\"";
        var shown = $"\"amount\":{amount},{named}";
        var asked = $"\"amount\": {amount}, \"currency\": \"{currency}\"";
        var askedHalf = $"\"amount\": {half}, \"currency\": \"{currency}\"";
        var sides = $"\"from\": {from}, \"to\": {to}";

        async Task<(string Text, string Id)> PostAsync(string path, string body)
        {
            var key = $"{keys++}";
            using var first = await customer.PostAsync(path, $"{{{body}}}", key);
            using var again = await customer.PostAsync(path, $"{{{body}}}", key);
            var text = await first.Content.ReadAsStringAsync();
            first.IsSuccessStatusCode.ShouldBeTrue(text);
            await again.ShouldReplayAsync(first);
            var json = JsonDocument.Parse(text).RootElement;
            return (text, json.TryGetProperty("id", out var id) ? id.GetString()! : "");
        }

        async Task<string> GetAsync(string path) => await customer.Http.GetStringAsync(path);

        (await PostAsync("/transactions/deposit", $"\"account_id\": {from}, {asked}"))
            .Text.ShouldContain($"{shown},\"balance\":{amount},");
        var paid = await PostAsync("/transactions/transfer", $"{sides}, {asked}");
        paid.Text.ShouldContain($"{shown},\"balance\":{zero},");
        (await PostAsync($"/transactions/{paid.Id}/refund", askedHalf))
            .Text.ShouldContain($"\"amount\":{half},{named},\"balance\":{half},");
        using var rest = await customer.PostAsync($"/transactions/{paid.Id}/refund", "{}");
        (await rest.Content.ReadAsStringAsync()).ShouldContain($"\"amount\":{half},{named}");
        (await GetAsync($"/transactions/{paid.Id}"))
            .ShouldSatisfyAllConditions(
                text => text.ShouldContain(shown), text => text.ShouldContain($"\"refunded\":{amount}"));
        (await PostAsync("/transactions/batch", $$"""
            "transfers": [{ {{sides}}, {{asked}} }, {"from": {{to}}, "to": {{from}}, {{asked}} }]
            """)).Text.ShouldContain($"{shown},\"balance\":{zero},");
        (await PostAsync("/transactions/bulk", $$"""
            "transfers": [{ {{sides}}, {{askedHalf}} }]
            """)).Text.ShouldContain($"\"amount\":{half},{named},\"balance\":{half},");
        var hold = await PostAsync("/holds", $"{sides}, {askedHalf}");
        hold.Text.ShouldContain($"\"amount\":{half},{named},\"status\":\"held\"");
        (await GetAsync($"/holds/{hold.Id}")).ShouldBe(hold.Text);
        (await GetAsync($"/accounts/{from}/holds")).ShouldBe($"[{hold.Text}]");
        (await GetAsync($"/accounts/{from}")).ShouldContain($"\"balance\":{half},\"available\":{zero}");
        (await PostAsync($"/holds/{hold.Id}/capture", "\"reference\": \"all of it\""))
            .Text.ShouldContain($"\"amount\":{half},{named},\"balance\":{amount},");
        (await PostAsync("/transactions/withdrawal", $"\"account_id\": {to}, {asked}"))
            .Text.ShouldContain($"{shown},\"balance\":{zero},");
        (await PostAsync("/transactions/deposit", $"\"account_id\": {to}, {asked}, \"reference\": \"again\""))
            .Text.ShouldContain($"{shown},\"balance\":{amount},");

        var history = await GetAsync($"/transactions/account/{from}");
        history.ShouldStartWith($"[{{\"sequence\":1,");
        history.ShouldContain($"{shown},\"balance\":{amount},");
        history.Split($"{named}").Length.ShouldBe(1 + 8);
        (await GetAsync($"/transactions/account/{from}?order=desc&direction=in")).ShouldContain(shown);
        (await GetAsync($"/accounts/{to}/balance"))
            .ShouldContain($"{named},\"balance\":{amount},");
        await using var live = await LiveHistoryClient.SubscribeAsync(customer, from, "0");
        (await live.TakeAsync(1))[0].GetRawText().ShouldContain($"{shown},\"balance\":{amount},");
        var statement = await GetAsync($"/accounts/{to}/statement");
        statement.ShouldStartWith($"{{\"account_id\":{to},{named},");
        statement.ShouldContain($"\"opening_balance\":{zero},\"closing_balance\":{amount},");
        statement.ShouldContain($"{shown},");
        var csv = (await GetAsync($"/accounts/{to}/statement?format=csv")).Split("\r\n");
        csv[0].ShouldEndWith("refund_of,currency");
        csv[1].ShouldEndWith($",{zero},,,,{currency}");
        csv[2].ShouldContain($",{amount},,{amount},");
        var html = await GetAsync($"/accounts/{to}/statement?format=html");
        html.ShouldContain($"<dt>Currency</dt><dd>{currency}</dd>");
        html.Replace(",", "").ShouldContain($"<td>{amount}</td>");
        await bank.Ledger.ShouldHoldAsync(from, to);
    }

    [Fact]
    public async Task Amount_in_another_currency_is_refused_by_account_and_currency()
    {
        var customer = await bank.RegisterAsync();
        var (yen, euros) = (await customer.OpenAccountAsync("JPY"), await customer.OpenAccountAsync("EUR"));
        var plain = await customer.OpenAccountAsync(100m);
        var moreYen = await customer.OpenAccountAsync("JPY");
        await customer.DepositInAsync(yen, 1000, "JPY");
        var hasYen = $"Account {yen} has the currency JPY";
        const string SendYen =
            ". Send \"currency\": \"JPY\", between accounts of that currency. Nothing was moved.";

        foreach (var (path, body, detail) in new[]
        {
            ("deposit", $"\"account_id\": {yen}, \"amount\": 1",
                $"{hasYen}, but the request names none{SendYen}"),
            ("deposit", $"\"account_id\": {yen}, \"amount\": 1, \"currency\": \"EUR\"",
                $"{hasYen}, but the amount is in EUR{SendYen}"),
            ("deposit", $"\"account_id\": {plain}, \"amount\": 1, \"currency\": \"EUR\"",
                $"Account {plain} has no currency, but the amount is in EUR. Send the amount without a "
                + "currency, between accounts without one. Nothing was moved."),
            ("withdrawal", $"\"account_id\": {yen}, \"amount\": 1",
                $"{hasYen}, but the request names none{SendYen}"),
            ("transfer", $"\"from\": {yen}, \"to\": {moreYen}, \"amount\": 1",
                $"{hasYen}, but the request names none{SendYen}"),
            ("transfer", $"\"from\": {plain}, \"to\": {yen}, \"amount\": 1",
                $"{hasYen}, but the request names none{SendYen}"),
            ("transfer", $"\"from\": {yen}, \"to\": {euros}, \"amount\": 1, \"currency\": \"JPY\"",
                $"Account {euros} has the currency EUR, but the amount is in JPY. Send \"currency\": "
                + "\"EUR\", between accounts of that currency. Nothing was moved."),
        })
        {
            var key = Guid.NewGuid().ToString();
            using var first = await customer.PostAsync($"/transactions/{path}", $"{{{body}}}", key);
            using var again = await customer.PostAsync($"/transactions/{path}", $"{{{body}}}", key);

            (await first.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "currency_mismatch"))
                .GetProperty("detail").GetString().ShouldBe(detail);
            await again.ShouldReplayAsync(first);
        }

        (await customer.BalanceAsync(yen)).ShouldBe(1000m);
        (await customer.BalanceAsync(plain)).ShouldBe(100m);
        await bank.Ledger.ShouldHoldAsync(yen, euros, plain, moreYen);
    }

    [Fact]
    public async Task Hold_and_its_capture_and_refund_want_their_currency()
    {
        var customer = await bank.RegisterAsync();
        var (from, to) = (await customer.OpenAccountAsync("BHD"), await customer.OpenAccountAsync("BHD"));
        await customer.DepositInAsync(from, 10.125m, "BHD");
        using var unnamed = await customer.PlaceHoldAsync(from, to, 1m);
        await unnamed.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "currency_mismatch");
        using var placed = await customer.PostAsync(
            "/holds", $$"""{"from": {{from}}, "to": {{to}}, "amount": 1.125, "currency": "BHD"}""");
        var hold = (await placed.JsonAsync()).GetProperty("id").GetGuid();

        foreach (var body in new[]
        {
            """{"amount": 1}""", """{"amount": 1, "currency": "EUR"}""", """{"currency": "JPY"}""",
        })
        {
            using var capture = await customer.PostAsync($"/holds/{hold}/capture", body);
            await capture.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "currency_mismatch");
        }

        using var captured = await customer.PostAsync($"/holds/{hold}/capture", "");
        var paid = (await captured.JsonAsync()).GetProperty("id").GetGuid();

        foreach (var body in new[]
        {
            """{"amount": 1}""", """{"amount": 1, "currency": "EUR"}""", """{"currency": "JPY"}""",
        })
        {
            using var refund = await customer.PostAsync($"/transactions/{paid}/refund", body);
            await refund.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "currency_mismatch");
        }

        using var refunded = await customer.PostAsync($"/transactions/{paid}/refund", "");
        (await refunded.JsonAsync()).GetProperty("amount").GetRawText().ShouldBe("1.125");
        await bank.Ledger.ShouldHoldAsync(from, to);
    }

    [Fact]
    public async Task Batch_and_bulk_may_mix_currencies_between_elements()
    {
        var customer = await bank.RegisterAsync();
        var yen = (From: await customer.OpenAccountAsync("JPY"), To: await customer.OpenAccountAsync("JPY"));
        var plain = (From: await customer.OpenAccountAsync(10m), To: await customer.OpenAccountAsync());
        await customer.DepositInAsync(yen.From, 1000, "JPY");
        string Transfer((long From, long To) sides, string amount, string? currency) =>
            $"{{\"from\": {sides.From}, \"to\": {sides.To}, \"amount\": {amount}"
            + (currency is null ? "}" : $", \"currency\": \"{currency}\"}}");
        var good = $"{Transfer(yen, "300", "JPY")}, {Transfer(plain, "2.5", null)}";

        using var batch = await customer.PostAsync("/transactions/batch", $$"""{"transfers": [{{good}}]}""");
        using var wrong = await customer.PostAsync(
            "/transactions/batch", $$"""{"transfers": [{{good}}, {{Transfer(yen, "1", null)}}]}""");
        using var bulk = await customer.PostAsync(
            "/transactions/bulk", $$"""{"transfers": [{{good}}, {{Transfer(yen, "1", null)}}]}""");

        var transactions = (await batch.JsonAsync()).GetProperty("transactions");
        transactions[0].GetProperty("balance").GetRawText().ShouldBe("700");
        transactions[1].GetProperty("balance").GetRawText().ShouldBe("7.50");
        transactions[1].TryGetProperty("currency", out _).ShouldBeFalse();
        var problem = await wrong.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "currency_mismatch");
        problem.GetProperty("index").GetInt32().ShouldBe(2);
        problem.GetProperty("detail").GetString()!
            .ShouldStartWith($"Account {yen.From} has the currency JPY");
        var results = (await bulk.JsonAsync()).GetProperty("results");
        results[0].GetProperty("transaction").GetProperty("balance").GetRawText().ShouldBe("400");
        results[1].GetProperty("transaction").GetProperty("balance").GetRawText().ShouldBe("5.00");
        results[2].GetProperty("code").GetString().ShouldBe("currency_mismatch");
        results[2].GetProperty("detail").GetString()!.ShouldStartWith($"Account {yen.From} has the currency");
        await bank.Ledger.ShouldHoldAsync(yen.From, yen.To, plain.From, plain.To);
    }

    [Fact]
    public async Task Balance_of_a_currency_has_at_most_15_digits()
    {
        var customer = await bank.RegisterAsync();
        var (full, other) = (await customer.OpenAccountAsync("EUR"), await customer.OpenAccountAsync("EUR"));
        await customer.DepositInAsync(full, 9_999_999_999_999.99m, "EUR");
        await customer.DepositInAsync(other, 1m, "EUR");

        foreach (var response in new[]
        {
            await customer.PostAsync(
                "/transactions/deposit", $$"""{"account_id": {{full}}, "amount": 0.01, "currency": "EUR"}"""),
            await customer.PostAsync("/transactions/batch", $$"""
                {"transfers": [{"from": {{other}}, "to": {{full}}, "amount": 0.01, "currency": "EUR"}]}
                """),
        })
        {
            (await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "balance_limit_exceeded"))
                .GetProperty("detail").GetString()
                .ShouldBe("The payee's balance would exceed 9999999999999.99 EUR. Nothing was moved.");
        }

        await bank.Ledger.ShouldHoldAsync(full, other);
    }

    [Fact]
    public async Task Burst_in_several_currencies_moves_each_amount_in_its_own()
    {
        var customer = await bank.RegisterAsync();
        var accounts = new Dictionary<string, (long From, long To)>();

        foreach (var currency in new[] { "JPY", "EUR", "BHD" })
        {
            accounts[currency] = (
                await customer.OpenAccountAsync(currency), await customer.OpenAccountAsync(currency));
            await customer.DepositInAsync(accounts[currency].From, 100m, currency);
        }

        var responses = await Task.WhenAll(Enumerable.Range(0, 90).Select(index =>
        {
            var (own, said) = (accounts.Keys.ElementAt(index % 3), accounts.Keys.ElementAt(index / 3 % 3));
            return customer.PostAsync("/transactions/transfer", $$"""
                {"from": {{accounts[own].From}}, "to": {{accounts[own].To}}, "amount": 1,
                 "currency": "{{said}}"}
                """);
        }));

        responses.Count(response => response.IsSuccessStatusCode).ShouldBe(30);
        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.BadRequest, "currency_mismatch");

        foreach (var (from, to) in accounts.Values)
        {
            (await customer.BalanceAsync(from)).ShouldBe(90m);
            await bank.Ledger.ShouldHoldAsync(from, to);
        }
    }
}

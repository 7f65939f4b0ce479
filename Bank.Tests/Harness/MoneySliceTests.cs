using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Bank.Tests.Harness;

/// <summary>The contract that every slice that moves money fulfils.</summary>
public abstract class MoneySliceTests(BankServer bank, string path)
{
    protected BankServer Bank { get; } = bank;

    /// <summary>The slice's request for two accounts of the caller; the first one has money.</summary>
    /// <param name="accounts">The two accounts.</param>
    /// <param name="amount">The amount as JSON text.</param>
    protected abstract string Body(long[] accounts, string amount);

    [Fact]
    public async Task Moving_money_requires_authentication()
    {
        var (_, accounts) = await Bank.RegisterAsync(100m, 0m);
        using var anonymous = Bank.Anonymous();
        var before = await Bank.Ledger.AccountsAsync(accounts);

        using var response = await anonymous.PostAsync(
            path, new StringContent(Body(accounts, "10"), mediaType: new("application/json")));

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        (await Bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Theory]
    [MemberData(nameof(Amounts.Accepted), MemberType = typeof(Amounts))]
    public async Task An_amount_may_be_a_number_or_a_numeric_string(string amount, string written)
    {
        var (customer, accounts) = await Bank.RegisterAsync(999_999_999_999.99m, 0m);

        using var response = await customer.PostAsync(path, Body(accounts, amount));

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await response.JsonAsync()).GetProperty("amount").GetRawText().ShouldBe(written);
        await Bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Theory]
    [MemberData(nameof(Amounts.Refused), MemberType = typeof(Amounts))]
    public async Task An_invalid_amount_moves_nothing(string amount)
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m, 0m);
        var before = await Bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.PostAsync(path, Body(accounts, amount));

        await response.ShouldRefuseFieldAsync("amount");
        (await Bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("01")]
    [InlineData("+1")]
    [InlineData(".5")]
    [InlineData("1.")]
    [InlineData("1,5")]
    [InlineData("0x10")]
    [InlineData("'1'")]
    public async Task An_amount_that_is_not_JSON_moves_nothing(string amount)
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m, 0m);
        var before = await Bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.PostAsync(path, Body(accounts, amount));

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "malformed_json");
        (await Bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task An_amount_is_required()
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m, 0m);

        using var response = await customer.PostAsync(path, Body(accounts, "1").Replace("amount", "sum"));

        await response.ShouldRefuseFieldAsync("amount", "is required");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    public async Task An_idempotency_key_has_1_to_255_characters(int length)
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m, 0m);

        using var response = await customer.PostAsync(path, Body(accounts, "10"), new string('~', length));

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("tab\tbetween")]
    public async Task A_key_with_other_than_visible_ASCII_moves_nothing(string key)
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m, 0m);
        var before = await Bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.PostAsync(path, Body(accounts, "10"), key);

        await response.ShouldRefuseFieldAsync("Idempotency-Key");
        (await Bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task An_idempotency_key_of_256_characters_moves_nothing()
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m, 0m);
        var before = await Bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.PostAsync(path, Body(accounts, "10"), new string('k', 256));

        await response.ShouldRefuseFieldAsync("Idempotency-Key");
        (await Bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task Two_idempotency_keys_are_refused_and_move_nothing()
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m, 0m);
        var before = await Bank.Ledger.AccountsAsync(accounts);

        var answer = await RawHttp.PostAsync(
            customer, path, Body(accounts, "10"), "Idempotency-Key: one", "Idempotency-Key: two");

        answer.ShouldStartWith("HTTP/1.1 422 ");
        answer.ShouldContain("""[{"name":"Idempotency-Key","reason":"is there twice"}]""");
        (await Bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Theory]
    [InlineData("x")]
    [InlineData(" \U0001F468\u200D\U0001F469 ")]
    [InlineData("Rent, May; \u2013 \u00e9\u0645\u0631\u062d\u0628\u0627 \"quoted\" =1+1")]
    public async Task A_reference_is_shown_wherever_its_transaction_is(string reference)
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m, 0m);

        using var response = await customer.PostAsync(path, Referring(accounts, reference));

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await response.JsonAsync()).GetProperty("reference").GetString().ShouldBe(reference);
        (await customer.Http.GetFromJsonAsync<JsonElement>(response.Headers.Location))
            .GetProperty("reference").GetString().ShouldBe(reference);
        (await customer.HistoryAsync(accounts[0])).Last()
            .GetProperty("reference").GetString().ShouldBe(reference);
    }

    [Fact]
    public async Task A_reference_has_up_to_140_characters_of_any_size()
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m, 0m);
        var reference = string.Concat(Enumerable.Repeat("\U0001F511", 140));

        using var response = await customer.PostAsync(path, Referring(accounts, reference));

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await response.JsonAsync()).GetProperty("reference").GetString().ShouldBe(reference);
    }

    [Fact]
    public async Task An_invalid_reference_moves_nothing()
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m, 0m);
        var before = await Bank.Ledger.AccountsAsync(accounts);

        string[] refused =
        [
            "", new('x', 141), "two\nlines", "NUL \0", "\u0085", " ", "\u200B\u00A0\uFEFF\u3164", "\u2028",
            "two\u2029lines", "cod.\u202Eexe", "\u2066isolated\u2069",
        ];

        foreach (var reference in refused)
        {
            using var response = await customer.PostAsync(path, Referring(accounts, reference));
            await response.ShouldRefuseFieldAsync("reference");
        }

        (await Bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task A_key_is_refused_with_another_reference()
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m, 0m);

        using var first = await customer.PostAsync(path, Referring(accounts, "one"), "key");
        using var again = await customer.PostAsync(path, Referring(accounts, "one"), "key");
        using var other = await customer.PostAsync(path, Referring(accounts, "another"), "key");

        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        await other.ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
    }

    [Fact]
    public async Task All_invalid_fields_are_reported_together()
    {
        var customer = await Bank.RegisterAsync();

        using var response = await customer.PostAsync(path, "{}", "two words");

        await response.ShouldRefuseFieldAsync("amount");
        await response.ShouldRefuseFieldAsync("Idempotency-Key");
    }

    [Fact]
    public async Task Query_parameters_do_not_override_the_body()
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m, 0m);
        var other = await customer.OpenAccountAsync();

        using var response = await customer.PostAsync(
            $"{path}?amount=1&account_id={other}&AccountId={other}&from={other}&to={other}",
            Body(accounts, "10"));

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await response.JsonAsync()).GetProperty("amount").GetRawText().ShouldBe("10.00");
        (await Bank.Ledger.AccountsAsync(other)).ShouldHaveSingleItem().Version.ShouldBe(0);
    }

    [Fact]
    public async Task A_body_field_does_not_replace_the_Idempotency_Key_header()
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m, 0m);
        var body = Body(accounts, "10").Replace(
            "{", """{"idempotency_key": "k", "Idempotency-Key": "k", "IdempotencyKey": "k", """);

        using var first = await customer.PostAsync(path, body);
        using var second = await customer.PostAsync(path, body);

        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        second.StatusCode.ShouldBe(HttpStatusCode.Created);
        second.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
        (await Bank.Ledger.AccountsAsync(accounts[0])).ShouldHaveSingleItem().Transactions.ShouldBe(3);
    }

    [Fact]
    public async Task Posting_accepts_a_trailing_slash()
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m, 0m);

        using var response = await customer.PostAsync($"{path}/", Body(accounts, "10"));

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Location_of_a_new_transaction_works()
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m, 0m);

        using var response = await customer.PostAsync(path, Body(accounts, "10"));

        var created = await response.Content.ReadAsStringAsync();
        (await customer.Http.GetStringAsync(response.Headers.Location)).ShouldBe(created);
    }

    [Fact]
    public async Task Concurrent_requests_each_post_one_transaction()
    {
        var (customer, accounts) = await Bank.RegisterAsync(1000m, 0m);

        var responses = await Burst.OfAsync(100, _ => customer.PostAsync(path, Body(accounts, "10")));

        responses.ShouldAllBe(response => response.StatusCode == HttpStatusCode.Created);
        var ids = await Task.WhenAll(responses.Select(async response =>
            (await response.Content.ReadFromJsonAsync<IdOnly>())!.Id));
        ids.Distinct().Count().ShouldBe(100);
        await Bank.Ledger.ShouldHoldAsync(accounts);
    }

    /// <summary>The request with a reference.</summary>
    string Referring(long[] accounts, string reference) => Body(accounts, "10").Replace(
        "}", $", \"reference\": {JsonSerializer.Serialize(reference)}}}");

    sealed record IdOnly(Guid Id);
}

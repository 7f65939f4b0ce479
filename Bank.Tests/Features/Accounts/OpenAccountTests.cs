using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Bank.Features.Accounts;
using Bank.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Bank.Tests.Features.Accounts;

public sealed class OpenAccountTests(BankServer bank)
{
    [Theory]
    [InlineData("/accounts/")]
    [InlineData("/accounts")]
    public async Task New_account_is_empty_and_its_Location_works(string path)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.Http.PostAsync(path, null);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var account = await response.JsonAsync();
        account.Names().ShouldBe(["id", "balance", "available", "created_at"]);
        account.GetProperty("balance").GetRawText().ShouldBe("0.00");
        account.GetProperty("created_at").ShouldBeUtcNow();
        response.Headers.Location!.ToString().ShouldBe($"/accounts/{account.GetProperty("id")}");
        (await customer.Http.GetStringAsync(response.Headers.Location)).ShouldBe(account.GetRawText());
    }

    [Theory]
    [InlineData("{}", "application/json")]
    [InlineData("""{"balance": 1000000, "name": null}""", "application/json")]
    [InlineData("", "application/json")]
    [InlineData("", "application/x-www-form-urlencoded")]
    [InlineData("balance=1000000", "application/x-www-form-urlencoded")]
    public async Task OpenAccount_ignores_what_it_does_not_know(string body, string mediaType)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.Http.PostAsync(
            "/accounts/?balance=1000000", new StringContent(body, Encoding.UTF8, mediaType));

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await response.JsonAsync()).GetProperty("balance").GetRawText().ShouldBe("0.00");
    }

    [Theory]
    [InlineData("not JSON", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{}", "application/json; charset=latin1", HttpStatusCode.UnsupportedMediaType)]
    public async Task Body_that_is_not_JSON_opens_no_account(
        string body, string mediaType, HttpStatusCode status)
    {
        var customer = await bank.RegisterAsync();

        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        using var response = await customer.Http.PostAsync("/accounts/", content);

        response.StatusCode.ShouldBe(status);
        (await CountAsync(customer)).ShouldBe(0);
    }

    [Fact]
    public async Task Name_at_opening_is_shown_and_replayed_and_part_of_the_request()
    {
        var customer = await bank.RegisterAsync();
        const string Body = """{"name": "Rent"}""";

        using var first = await customer.PostAsync("/accounts/", Body, "key");
        using var renamed = await customer.Http.PatchAsJsonAsync(
            first.Headers.Location, new { name = "Food" });
        using var again = await customer.PostAsync("/accounts/", Body, "key");
        using var other = await customer.PostAsync("/accounts/", """{"name": "Food"}""", "key");
        using var none = await OpenAsync(customer, "key");

        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        var account = await first.JsonAsync();
        account.Names().ShouldBe(["id", "name", "balance", "available", "created_at"]);
        account.GetProperty("name").GetString().ShouldBe("Rent");
        (await renamed.JsonAsync()).GetProperty("name").GetString().ShouldBe("Food");
        await again.ShouldReplayAsync(first);
        await other.ShouldBeReusedAsync();
        await none.ShouldBeReusedAsync();
        (await CountAsync(customer)).ShouldBe(1);
    }

    [Fact]
    public async Task Opening_an_account_requires_authentication()
    {
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.PostAsync("/accounts/", null);

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task A_replayed_request_opens_no_second_account()
    {
        var customer = await bank.RegisterAsync();
        using var first = await OpenAsync(customer, "key");
        using var deposit = await customer.DepositAsync(
            (await first.JsonAsync()).GetProperty("id").GetInt64(), 10m);

        using var second = await OpenAsync(customer, "key");
        using var third = await OpenAsync(customer, "another-key");

        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        first.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
        await second.ShouldReplayAsync(first);
        third.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
        (await CountAsync(customer)).ShouldBe(2);
    }

    [Fact]
    public async Task Concurrent_requests_with_one_key_open_one_account()
    {
        var customer = await bank.RegisterAsync();

        var responses = await Burst.OfAsync(20, _ => OpenAsync(customer, "key"));

        var first = responses.Single(response => !response.Headers.Contains("Idempotent-Replayed"));
        first.StatusCode.ShouldBe(HttpStatusCode.Created);

        foreach (var repeat in responses.Where(response => response != first))
            await repeat.ShouldReplayAsync(first);

        (await CountAsync(customer)).ShouldBe(1);
    }

    [Fact]
    public async Task A_key_may_not_serve_both_an_account_and_a_deposit()
    {
        var (customer, accounts) = await bank.RegisterAsync(1m);
        using var deposit = await customer.DepositAsync(accounts[0], 1m, "deposit");
        using var opened = await OpenAsync(customer, "account");

        using var opening = await OpenAsync(customer, "deposit");
        using var depositing = await customer.DepositAsync(accounts[0], 1m, "account");

        opened.StatusCode.ShouldBe(HttpStatusCode.Created);
        await opening.ShouldBeReusedAsync();
        await depositing.ShouldBeReusedAsync();
        (await CountAsync(customer)).ShouldBe(2);
        (await customer.BalanceAsync(accounts[0])).ShouldBe(2m);
    }

    [Fact]
    public async Task Users_may_open_accounts_with_the_same_key()
    {
        var customer = await bank.RegisterAsync();
        var other = await bank.RegisterAsync();
        using var first = await OpenAsync(customer, "key");

        using var theirs = await OpenAsync(other, "key");

        theirs.StatusCode.ShouldBe(HttpStatusCode.Created);
        theirs.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    public async Task A_key_with_other_than_visible_ASCII_opens_no_account(string key)
    {
        var customer = await bank.RegisterAsync();

        using var response = await OpenAsync(customer, key);

        await response.ShouldRefuseFieldAsync("Idempotency-Key");
        (await CountAsync(customer)).ShouldBe(0);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Concurrent_openings_stop_at_the_account_limit()
    {
        await using var own = await IsolatedBank.StartAsync(bank, "Limits:AccountsPerUser=3");
        var customer = await own.RegisterAsync();
        var other = await own.RegisterAsync();

        var responses = await Burst.OfAsync(20, index => OpenAsync(customer, $"{index}"));
        using var others = await OpenAsync(other, "0");

        responses.Count(response => response.StatusCode == HttpStatusCode.Created).ShouldBe(3);
        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.BadRequest, "account_limit_reached");
        others.StatusCode.ShouldBe(HttpStatusCode.Created);

        foreach (var (index, first) in responses.Index())
        {
            using var again = await OpenAsync(customer, $"{index}");
            await again.ShouldReplayAsync(first);
        }
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Limit_0_means_unlimited_and_closed_accounts_count()
    {
        await using var free = await IsolatedBank.StartAsync(bank, "Limits:AccountsPerUser=0");
        await using var strict = await IsolatedBank.StartAsync(bank, "Limits:AccountsPerUser=1");
        var customer = await strict.RegisterAsync();
        using var closed = await customer.Http.DeleteAsync($"/accounts/{await customer.OpenAccountAsync()}");

        using var opened = await (await free.RegisterAsync()).Http.PostAsync("/accounts/", null);
        using var refused = await OpenAsync(customer, null);

        closed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        opened.StatusCode.ShouldBe(HttpStatusCode.Created);
        await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "account_limit_reached");
    }

    [Fact]
    public void The_account_limit_defaults_to_1000() =>
        bank.Services.GetRequiredService<AccountOptions>().AccountsPerUser.ShouldBe(1000);

    [Fact]
    public async Task Concurrent_openings_open_one_account_each()
    {
        var customer = await bank.RegisterAsync();

        var responses = await Burst.OfAsync(50, _ => customer.Http.PostAsync("/accounts/", null));

        responses.ShouldAllBe(response => response.StatusCode == HttpStatusCode.Created);
        responses.Select(response => response.Headers.Location).Distinct().Count().ShouldBe(50);
    }

    static async Task<HttpResponseMessage> OpenAsync(Customer customer, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/accounts/");

        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);

        return await customer.Http.SendAsync(request);
    }

    static async Task<int> CountAsync(Customer customer) =>
        (await customer.Http.GetFromJsonAsync<JsonElement[]>("/accounts/"))!.Length;
}

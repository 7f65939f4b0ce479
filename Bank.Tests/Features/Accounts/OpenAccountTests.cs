using System.Net;
using System.Text;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Accounts;

public sealed class OpenAccountTests(BankServer bank)
{
    [Theory]
    [InlineData("/accounts/")]
    [InlineData("/accounts")]
    public async Task A_new_account_is_empty_and_found_at_its_location(string path)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.Http.PostAsync(path, null);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var account = await response.JsonAsync();
        account.Names().ShouldBe(["id", "balance", "created_at"]);
        account.GetProperty("balance").GetRawText().ShouldBe("0.00");
        account.GetProperty("created_at").ShouldBeUtcNow();
        response.Headers.Location!.ToString().ShouldBe($"/accounts/{account.GetProperty("id")}");
        (await customer.Http.GetStringAsync(response.Headers.Location)).ShouldBe(account.GetRawText());
    }

    [Theory]
    [InlineData("{}", "application/json")]
    [InlineData("""{"balance": 1000000}""", "application/json")]
    [InlineData("not JSON", "application/json")]
    [InlineData("", "application/json")]
    [InlineData("balance=1000000", "application/x-www-form-urlencoded")]
    public async Task A_body_is_not_looked_at(string body, string mediaType)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.Http.PostAsync(
            "/accounts/?balance=1000000", new StringContent(body, Encoding.UTF8, mediaType));

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await response.JsonAsync()).GetProperty("balance").GetRawText().ShouldBe("0.00");
    }

    [Fact]
    public async Task Nobody_opens_an_account_without_signing_in()
    {
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.PostAsync("/accounts/", null);

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task A_burst_opens_as_many_accounts()
    {
        var customer = await bank.RegisterAsync();

        var responses = await Burst.OfAsync(50, _ => customer.Http.PostAsync("/accounts/", null));

        responses.ShouldAllBe(response => response.StatusCode == HttpStatusCode.Created);
        responses.Select(response => response.Headers.Location).Distinct().Count().ShouldBe(50);
    }
}

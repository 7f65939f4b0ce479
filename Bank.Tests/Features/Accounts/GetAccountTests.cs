using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Accounts;

public sealed class GetAccountTests(BankServer bank)
{
    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task The_caller_sees_what_their_account_holds(string slash)
    {
        var (customer, accounts) = await bank.RegisterAsync(10.5m);

        using var response = await customer.Http.GetAsync($"/accounts/{accounts[0]}{slash}");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var account = await response.JsonAsync();
        account.Names().ShouldBe(["id", "balance", "created_at"]);
        account.GetProperty("id").GetInt64().ShouldBe(accounts[0]);
        account.GetProperty("balance").GetRawText().ShouldBe("10.50");
        account.GetProperty("created_at").ShouldBeUtcNow();
    }

    [Fact]
    public async Task Someone_elses_account_is_as_little_found_as_none()
    {
        var (_, accounts) = await bank.RegisterAsync(10m);
        var stranger = await bank.RegisterAsync();

        using var elses = await stranger.Http.GetAsync($"/accounts/{accounts[0]}");
        using var nobodys = await stranger.Http.GetAsync("/accounts/9223372036854775807");

        await elses.ShouldBeProblemAsync(HttpStatusCode.NotFound, "account_not_found");
        (await elses.WithoutTraceAsync()).ShouldBe(await nobodys.WithoutTraceAsync());
    }

    [Theory]
    [MemberData(nameof(Ids.RefusedInPaths), MemberType = typeof(Ids))]
    public async Task What_is_no_id_is_refused(string id)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.Http.GetAsync($"/accounts/{id}");

        await response.ShouldRefuseFieldAsync("id");
    }

    [Fact]
    public async Task A_query_parameter_does_not_change_which_account_the_path_names()
    {
        var (customer, accounts) = await bank.RegisterAsync(1m, 2m);

        using var response = await customer.Http.GetAsync($"/accounts/{accounts[0]}?id={accounts[1]}");

        (await response.JsonAsync()).GetProperty("id").GetInt64().ShouldBe(accounts[0]);
    }

    [Fact]
    public async Task Nobody_sees_an_account_without_signing_in()
    {
        var (_, accounts) = await bank.RegisterAsync(10m);
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync($"/accounts/{accounts[0]}");

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }
}

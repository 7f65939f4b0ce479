using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Accounts;

public sealed class ListAccountsTests(BankServer bank)
{
    [Theory]
    [InlineData("/accounts/")]
    [InlineData("/accounts")]
    public async Task The_caller_sees_their_own_accounts_newest_first(string path)
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m, 20.5m);
        await bank.RegisterAsync(30m);

        using var response = await customer.Http.GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var list = (await response.JsonAsync()).EnumerateArray().ToArray();
        list.ShouldAllBe(account => account.Names().SequenceEqual(new[] { "id", "balance", "created_at" }));
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

    [Fact]
    public async Task Nobody_sees_accounts_without_signing_in()
    {
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync("/accounts/");

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }
}

using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Deposits;

public sealed class DepositTests(BankServer bank) : MoneySliceTests(bank, "/transactions/deposit")
{
    protected override string Body(long[] accounts, string amount) =>
        $$"""{"account_id": {{accounts[0]}}, "amount": {{amount}}}""";

    [Fact]
    public async Task A_deposit_adds_to_the_balance_and_is_recorded()
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m);

        using var response = await customer.PostAsync(
            "/transactions/deposit", $$"""{"account_id": {{accounts[0]}}, "amount": 10.5}""");

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var deposit = await response.JsonAsync();
        deposit.Names().ShouldBe(["id", "to", "amount", "balance", "created_at"]);
        deposit.GetProperty("to").GetInt64().ShouldBe(accounts[0]);
        deposit.GetProperty("amount").GetRawText().ShouldBe("10.50");
        deposit.GetProperty("balance").GetRawText().ShouldBe("110.50");
        deposit.GetProperty("created_at").ShouldBeUtcNow();
        var id = deposit.GetProperty("id").GetGuid();
        response.Headers.Location!.ToString().ShouldBe($"/transactions/{id}");
        (await Bank.Ledger.TransactionAsync(id))
            .ShouldBe(new TransactionRow(id, null, accounts[0], 10.5m, null, 110.5m, null, 2));
        (await Bank.Ledger.AccountsAsync(accounts)).ShouldBe([new AccountRow(accounts[0], 110.5m, 2, 2)]);
    }

    [Fact]
    public async Task A_deposit_into_another_users_account_is_not_found()
    {
        var stranger = await Bank.RegisterAsync();
        var (_, accounts) = await Bank.RegisterAsync(100m);
        var before = await Bank.Ledger.AccountsAsync(accounts);

        using var response = await stranger.DepositAsync(accounts[0], 10m);

        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "account_not_found");
        (await Bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public async Task A_deposit_into_an_unknown_account_is_not_found(long account)
    {
        var customer = await Bank.RegisterAsync();

        using var response = await customer.DepositAsync(account, 10m);

        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "account_not_found");
    }

    [Theory]
    [MemberData(nameof(Ids.Refused), MemberType = typeof(Ids))]
    public async Task A_deposit_with_an_invalid_account_id_is_refused(string id)
    {
        var customer = await Bank.RegisterAsync();

        using var response = await customer.PostAsync(
            "/transactions/deposit", $$"""{"account_id": {{id}}, "amount": 10}""");

        await response.ShouldRefuseFieldAsync("account_id");
    }

    [Fact]
    public async Task A_deposit_requires_an_account_id()
    {
        var customer = await Bank.RegisterAsync();

        using var response = await customer.PostAsync("/transactions/deposit", """{"amount": 10}""");

        await response.ShouldRefuseFieldAsync("account_id");
    }

    [Fact]
    public async Task A_deposit_may_reach_the_balance_limit()
    {
        var (customer, accounts) = await Bank.RegisterAsync(0m);
        await Bank.Ledger.FundAsync(accounts[0], 9_999_999_999_999_989.99m);

        using var response = await customer.DepositAsync(accounts[0], 10m);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await response.JsonAsync()).GetProperty("balance").GetRawText().ShouldBe("9999999999999999.99");
        await Bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task A_deposit_beyond_the_balance_limit_moves_nothing()
    {
        var (customer, accounts) = await Bank.RegisterAsync(0m);
        await Bank.Ledger.FundAsync(accounts[0], 9_999_999_999_999_989.99m);
        var before = await Bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.DepositAsync(accounts[0], 10.01m);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "balance_limit_exceeded");
        (await Bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task Concurrent_deposits_stop_at_the_balance_limit()
    {
        var (customer, accounts) = await Bank.RegisterAsync(0m);
        await Bank.Ledger.FundAsync(accounts[0], 9_999_999_999_999_949.99m);

        var responses = await Burst.OfAsync(20, _ => customer.DepositAsync(accounts[0], 10m));

        responses.Count(response => response.StatusCode == HttpStatusCode.Created).ShouldBe(5);
        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.BadRequest, "balance_limit_exceeded");
        await Bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task A_deposit_beyond_the_limit_fails_no_other_in_its_group()
    {
        var (customer, accounts) = await Bank.RegisterAsync(0m, 0m);
        await Bank.Ledger.FundAsync(accounts[0], 9_999_999_999_999_999.99m);

        var responses = await Burst.OfAsync(
            40, index => customer.DepositAsync(accounts[index == 20 ? 0 : 1], 10m));

        responses.Count(response => response.StatusCode == HttpStatusCode.Created).ShouldBe(39);
        await responses[20].ShouldBeProblemAsync(HttpStatusCode.BadRequest, "balance_limit_exceeded");
        await Bank.Ledger.ShouldHoldAsync(accounts);
    }
}

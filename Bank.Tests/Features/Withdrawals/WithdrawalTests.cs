using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Withdrawals;

public sealed class WithdrawalTests(BankServer bank) : MoneySliceTests(bank, "/transactions/withdrawal")
{
    protected override string Body(long[] accounts, string amount) =>
        $$"""{"account_id": {{accounts[0]}}, "amount": {{amount}}}""";

    [Fact]
    public async Task A_withdrawal_takes_from_the_balance_and_is_recorded()
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m);

        using var response = await customer.PostAsync(
            "/transactions/withdrawal", $$"""{"account_id": {{accounts[0]}}, "amount": 10.5}""");

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var withdrawal = await response.JsonAsync();
        withdrawal.Names().ShouldBe(["id", "from", "amount", "balance", "created_at"]);
        withdrawal.GetProperty("from").GetInt64().ShouldBe(accounts[0]);
        withdrawal.GetProperty("amount").GetRawText().ShouldBe("10.50");
        withdrawal.GetProperty("balance").GetRawText().ShouldBe("89.50");
        withdrawal.GetProperty("created_at").ShouldBeUtcNow();
        var id = withdrawal.GetProperty("id").GetGuid();
        response.Headers.Location!.ToString().ShouldBe($"/transactions/{id}");
        (await Bank.Ledger.TransactionAsync(id))
            .ShouldBe(new TransactionRow(id, accounts[0], null, 10.5m, 89.5m, null, 2, null));
        (await Bank.Ledger.AccountsAsync(accounts)).ShouldBe([new AccountRow(accounts[0], 89.5m, 2, 2)]);
    }

    [Fact]
    public async Task A_withdrawal_may_empty_an_account()
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m);

        using var response = await customer.WithdrawAsync(accounts[0], 100m);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await response.JsonAsync()).GetProperty("balance").GetRawText().ShouldBe("0.00");
    }

    [Theory]
    [InlineData(100.01)]
    [InlineData(999_999_999_999.99)]
    public async Task A_withdrawal_beyond_the_balance_moves_nothing(decimal amount)
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m);
        var before = await Bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.WithdrawAsync(accounts[0], amount);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "insufficient_funds");
        (await Bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task A_withdrawal_from_another_users_account_is_not_found()
    {
        var stranger = await Bank.RegisterAsync();
        var (_, accounts) = await Bank.RegisterAsync(100m);
        var before = await Bank.Ledger.AccountsAsync(accounts);

        using var response = await stranger.WithdrawAsync(accounts[0], 10m);

        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "account_not_found");
        (await Bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public async Task A_withdrawal_from_an_unknown_account_is_not_found(long account)
    {
        var customer = await Bank.RegisterAsync();

        using var response = await customer.WithdrawAsync(account, 10m);

        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "account_not_found");
    }

    [Fact]
    public async Task A_withdrawal_does_not_reveal_whether_an_account_exists()
    {
        var stranger = await Bank.RegisterAsync();
        var (_, accounts) = await Bank.RegisterAsync(100m);

        using var elses = await stranger.WithdrawAsync(accounts[0], 999m);
        using var nobodys = await stranger.WithdrawAsync(long.MaxValue, 999m);

        (await elses.WithoutTraceAsync()).ShouldBe(await nobodys.WithoutTraceAsync());
    }

    [Theory]
    [MemberData(nameof(Ids.Refused), MemberType = typeof(Ids))]
    public async Task A_withdrawal_with_an_invalid_account_id_is_refused(string id)
    {
        var customer = await Bank.RegisterAsync();

        using var response = await customer.PostAsync(
            "/transactions/withdrawal", $$"""{"account_id": {{id}}, "amount": 10}""");

        await response.ShouldRefuseFieldAsync("account_id");
    }

    [Fact]
    public async Task A_withdrawal_requires_an_account_id()
    {
        var customer = await Bank.RegisterAsync();

        using var response = await customer.PostAsync("/transactions/withdrawal", """{"amount": 10}""");

        await response.ShouldRefuseFieldAsync("account_id");
    }

    [Fact]
    public async Task Concurrent_withdrawals_never_exceed_the_balance()
    {
        var (customer, accounts) = await Bank.RegisterAsync(500m);

        var responses = await Burst.OfAsync(100, _ => customer.WithdrawAsync(accounts[0], 10m));

        responses.Count(response => response.StatusCode == HttpStatusCode.Created).ShouldBe(50);
        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.BadRequest, "insufficient_funds");
        (await customer.BalanceAsync(accounts[0])).ShouldBe(0m);
        await Bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task A_refused_withdrawal_fails_no_other_in_its_group()
    {
        var (customer, accounts) = await Bank.RegisterAsync(500m);

        var responses = await Burst.OfAsync(
            40, index => customer.WithdrawAsync(accounts[0], index == 20 ? 501m : 10m));

        responses.Count(response => response.StatusCode == HttpStatusCode.Created).ShouldBe(39);
        await responses[20].ShouldBeProblemAsync(HttpStatusCode.BadRequest, "insufficient_funds");
        (await customer.BalanceAsync(accounts[0])).ShouldBe(110m);
        await Bank.Ledger.ShouldHoldAsync(accounts);
    }
}

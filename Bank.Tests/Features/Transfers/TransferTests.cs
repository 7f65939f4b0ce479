using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Transfers;

public sealed class TransferTests(BankServer bank) : MoneySliceTests(bank, "/transactions/transfer")
{
    protected override string Body(long[] accounts, string amount) =>
        $$"""{"from": {{accounts[0]}}, "to": {{accounts[1]}}, "amount": {{amount}}}""";

    [Fact]
    public async Task A_transfer_moves_the_amount_and_is_recorded()
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m, 0m);

        using var response = await customer.PostAsync(
            "/transactions/transfer",
            $$"""{"from": {{accounts[0]}}, "to": {{accounts[1]}}, "amount": 10.5}""");

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var transfer = await response.JsonAsync();
        transfer.Names().ShouldBe(["id", "from", "to", "amount", "balance", "created_at"]);
        transfer.GetProperty("from").GetInt64().ShouldBe(accounts[0]);
        transfer.GetProperty("to").GetInt64().ShouldBe(accounts[1]);
        transfer.GetProperty("amount").GetRawText().ShouldBe("10.50");
        transfer.GetProperty("balance").GetRawText().ShouldBe("89.50");
        transfer.GetProperty("created_at").ShouldBeUtcNow();
        var id = transfer.GetProperty("id").GetGuid();
        response.Headers.Location!.ToString().ShouldBe($"/transactions/{id}");
        (await Bank.Ledger.TransactionAsync(id))
            .ShouldBe(new TransactionRow(id, accounts[0], accounts[1], 10.5m, 89.5m, 10.5m, 2, 1));
        (await Bank.Ledger.AccountsAsync(accounts)).ShouldBe(
            [new AccountRow(accounts[0], 89.5m, 2, 2), new AccountRow(accounts[1], 10.5m, 1, 1)]);
    }

    [Fact]
    public async Task A_transfer_may_pay_another_users_account()
    {
        var (payer, from) = await Bank.RegisterAsync(100m);
        var (payee, to) = await Bank.RegisterAsync(5m);

        using var response = await payer.TransferAsync(from[0], to[0], 100m);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await response.JsonAsync()).GetProperty("balance").GetRawText().ShouldBe("0.00");
        (await payee.BalanceAsync(to[0])).ShouldBe(105m);
    }

    [Fact]
    public async Task A_transfer_beyond_the_balance_moves_nothing()
    {
        var (customer, accounts) = await Bank.RegisterAsync(10m, 0m);
        var before = await Bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.TransferAsync(accounts[0], accounts[1], 10.01m);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "insufficient_funds");
        (await Bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task A_transfer_from_another_users_account_is_not_found()
    {
        var (thief, own) = await Bank.RegisterAsync(0m);
        var (_, accounts) = await Bank.RegisterAsync(100m);
        var before = await Bank.Ledger.AccountsAsync(accounts[0], own[0]);

        using var response = await thief.TransferAsync(accounts[0], own[0], 10m);

        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "source_not_found");
        (await Bank.Ledger.AccountsAsync(accounts[0], own[0])).ShouldBe(before);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public async Task A_transfer_from_an_unknown_account_is_not_found(long source)
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m);
        var before = await Bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.TransferAsync(source, accounts[0], 10m);

        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "source_not_found");
        (await Bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public async Task A_transfer_to_an_unknown_account_is_not_found(long target)
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m);
        var before = await Bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.TransferAsync(accounts[0], target, 10m);

        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "target_not_found");
        (await Bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task A_transfer_does_not_reveal_whether_an_account_exists()
    {
        var thief = await Bank.RegisterAsync();
        var (_, accounts) = await Bank.RegisterAsync(100m);

        using var elses = await thief.TransferAsync(accounts[0], long.MaxValue, 999m);
        using var nobodys = await thief.TransferAsync(long.MaxValue - 1, long.MaxValue, 999m);

        (await elses.WithoutTraceAsync()).ShouldBe(await nobodys.WithoutTraceAsync());
    }

    [Fact]
    public async Task A_transfer_to_the_same_account_moves_nothing()
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m);
        var before = await Bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.TransferAsync(accounts[0], accounts[0], 10m);

        await response.ShouldRefuseFieldAsync("to");
        (await Bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Theory]
    [MemberData(nameof(Ids.Refused), MemberType = typeof(Ids))]
    public async Task A_transfer_with_an_invalid_source_id_is_refused(string id)
    {
        var (customer, accounts) = await Bank.RegisterAsync(0m);

        using var response = await customer.PostAsync(
            "/transactions/transfer", $$"""{"from": {{id}}, "to": {{accounts[0]}}, "amount": 10}""");

        await response.ShouldRefuseFieldAsync("from");
    }

    [Theory]
    [MemberData(nameof(Ids.Refused), MemberType = typeof(Ids))]
    public async Task A_transfer_with_an_invalid_target_id_is_refused(string id)
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m);

        using var response = await customer.PostAsync(
            "/transactions/transfer", $$"""{"from": {{accounts[0]}}, "to": {{id}}, "amount": 10}""");

        await response.ShouldRefuseFieldAsync("to");
    }

    [Fact]
    public async Task A_transfer_requires_both_account_ids()
    {
        var customer = await Bank.RegisterAsync();

        using var response = await customer.PostAsync("/transactions/transfer", """{"amount": 10}""");

        await response.ShouldRefuseFieldAsync("from");
        await response.ShouldRefuseFieldAsync("to");
    }

    [Theory]
    [InlineData("/transactions/transfer", """{"amount": 10}""")]
    [InlineData("/transactions/batch", """{"transfers": [{"amount": 10}]}""")]
    [InlineData("/holds", """{"amount": 10}""")]
    public async Task Missing_account_ids_are_only_reported_as_required(string path, string body)
    {
        var customer = await Bank.RegisterAsync();

        using var response = await customer.PostAsync(path, body);

        var problem = await response.ShouldBeProblemAsync(
            HttpStatusCode.UnprocessableEntity, "validation_failed");
        problem.GetProperty("errors").EnumerateArray()
            .Select(error => error.GetProperty("reason").GetString())
            .ShouldBe(["is required", "is required"]);
    }

    [Fact]
    public async Task A_transfer_beyond_the_targets_limit_moves_nothing()
    {
        var (customer, accounts) = await Bank.RegisterAsync(100m, 0m);
        await Bank.Ledger.FundAsync(accounts[1], 9_999_999_999_999_989.99m);
        var before = await Bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.TransferAsync(accounts[0], accounts[1], 10.01m);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "balance_limit_exceeded");
        (await Bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task Concurrent_transfers_stop_at_the_targets_limit()
    {
        var (customer, accounts) = await Bank.RegisterAsync(1000m, 0m);
        await Bank.Ledger.FundAsync(accounts[1], 9_999_999_999_999_949.99m);

        var responses = await Burst.OfAsync(20, _ => customer.TransferAsync(accounts[0], accounts[1], 10m));

        responses.Count(response => response.StatusCode == HttpStatusCode.Created).ShouldBe(5);
        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.BadRequest, "balance_limit_exceeded");
        await Bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Concurrent_transfers_never_exceed_the_balance()
    {
        var (customer, accounts) = await Bank.RegisterAsync(500m, 0m);

        var responses = await Burst.OfAsync(100, _ => customer.TransferAsync(accounts[0], accounts[1], 10m));

        responses.Count(response => response.StatusCode == HttpStatusCode.Created).ShouldBe(50);
        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.BadRequest, "insufficient_funds");
        (await customer.BalanceAsync(accounts[1])).ShouldBe(500m);
        await Bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task A_refused_transfer_fails_no_other_in_its_group()
    {
        var (customer, accounts) = await Bank.RegisterAsync(500m, 0m);

        var responses = await Burst.OfAsync(40, index => customer.TransferAsync(
            index == 10 ? long.MaxValue : accounts[0],
            index == 20 ? long.MaxValue : accounts[1],
            index == 30 ? 501m : 10m));

        responses.Count(response => response.StatusCode == HttpStatusCode.Created).ShouldBe(37);
        await responses[10].ShouldBeProblemAsync(HttpStatusCode.NotFound, "source_not_found");
        await responses[20].ShouldBeProblemAsync(HttpStatusCode.NotFound, "target_not_found");
        await responses[30].ShouldBeProblemAsync(HttpStatusCode.BadRequest, "insufficient_funds");
        await Bank.Ledger.ShouldHoldAsync(accounts);
    }
}

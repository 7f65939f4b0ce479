using System.Net;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.History;

public sealed class GetTransactionTests(BankServer bank)
{
    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task Payer_and_payee_of_a_transfer_see_their_own_balance(string slash)
    {
        var (payer, from) = await bank.RegisterAsync(100m);
        var (payee, to) = await bank.RegisterAsync(5m);
        using var transfer = await payer.TransferAsync(from[0], to[0], 10.5m);

        using var paid = await payer.Http.GetAsync($"{transfer.Headers.Location}{slash}");
        using var received = await payee.Http.GetAsync($"{transfer.Headers.Location}{slash}");

        await ShouldShowAsync(paid, from[0], to[0], "89.50");
        await ShouldShowAsync(received, from[0], to[0], "15.50");
    }

    [Fact]
    public async Task The_owner_of_both_accounts_sees_the_payers_balance()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 5m);
        using var transfer = await customer.TransferAsync(accounts[0], accounts[1], 10.5m);

        using var response = await customer.Http.GetAsync(transfer.Headers.Location);

        await ShouldShowAsync(response, accounts[0], accounts[1], "89.50");
    }

    [Fact]
    public async Task A_deposit_has_no_source_account()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        using var deposit = await customer.DepositAsync(accounts[0], 10.5m);

        using var response = await customer.Http.GetAsync(deposit.Headers.Location);

        await ShouldShowAsync(response, null, accounts[0], "10.50");
    }

    [Fact]
    public async Task A_withdrawal_has_no_target_account()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m);
        using var withdrawal = await customer.WithdrawAsync(accounts[0], 10.5m);

        using var response = await customer.Http.GetAsync(withdrawal.Headers.Location);

        await ShouldShowAsync(response, accounts[0], null, "89.50");
    }

    [Fact]
    public async Task Another_users_transaction_is_not_found()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var stranger = await bank.RegisterAsync();
        using var transfer = await customer.TransferAsync(accounts[0], accounts[1], 10m);

        using var elses = await stranger.Http.GetAsync(transfer.Headers.Location);
        using var nobodys = await stranger.Http.GetAsync($"/transactions/{Guid.NewGuid()}");

        await elses.ShouldBeProblemAsync(HttpStatusCode.NotFound, "transaction_not_found");
        (await elses.WithoutTraceAsync()).ShouldBe(await nobodys.WithoutTraceAsync());
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("1")]
    [InlineData("00000000-0000-0000-0000-00000000000g")]
    public async Task A_transaction_id_that_is_not_a_uuid_is_refused(string id)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.Http.GetAsync($"/transactions/{id}");

        await response.ShouldRefuseFieldAsync("id");
    }

    [Fact]
    public async Task An_id_in_the_query_string_does_not_override_the_path()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m);
        using var first = await customer.DepositAsync(accounts[0], 1m);
        using var second = await customer.DepositAsync(accounts[0], 2m);
        var other = (await second.JsonAsync()).GetProperty("id").GetString();

        using var response = await customer.Http.GetAsync($"{first.Headers.Location}?id={other}");

        (await response.JsonAsync()).GetProperty("amount").GetRawText().ShouldBe("1.00");
    }

    [Fact]
    public async Task Getting_a_transaction_requires_authentication()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        using var deposit = await customer.DepositAsync(accounts[0], 10m);
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync(deposit.Headers.Location);

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    static async Task ShouldShowAsync(HttpResponseMessage response, long? from, long? to, string balance)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var transaction = await response.JsonAsync();
        Side("from").ShouldBe(from);
        Side("to").ShouldBe(to);
        transaction.GetProperty("amount").GetRawText().ShouldBe("10.50");
        transaction.GetProperty("balance").GetRawText().ShouldBe(balance);
        transaction.GetProperty("created_at").ShouldBeUtcNow();

        long? Side(string name) =>
            transaction.TryGetProperty(name, out JsonElement account) ? account.GetInt64() : null;
    }
}

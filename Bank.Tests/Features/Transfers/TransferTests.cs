using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Transfers;

public sealed class TransferTests(BankServer bank)
{
    [Fact]
    public async Task A_transfer_moves_the_amount_and_answers_with_the_payers_balance()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);

        using var response = await customer.TransferAsync(accounts[0], accounts[1], 10.5m);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var transfer = await response.JsonAsync();
        transfer.GetProperty("from").GetInt64().ShouldBe(accounts[0]);
        transfer.GetProperty("to").GetInt64().ShouldBe(accounts[1]);
        transfer.GetProperty("amount").GetRawText().ShouldBe("10.50");
        transfer.GetProperty("balance").GetRawText().ShouldBe("89.50");
        response.Headers.Location!.ToString().ShouldBe($"/transactions/{transfer.GetProperty("id").GetString()}");
        (await customer.BalanceAsync(accounts[0])).ShouldBe(89.50m);
        (await customer.BalanceAsync(accounts[1])).ShouldBe(10.50m);
    }

    [Fact]
    public async Task A_transfer_beyond_the_balance_moves_nothing()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m);

        using var response = await customer.TransferAsync(accounts[0], accounts[1], 10.01m);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "insufficient_funds");
        (await customer.BalanceAsync(accounts[0])).ShouldBe(10m);
        (await customer.HistoryAsync(accounts[1])).ShouldBeEmpty();
    }
}

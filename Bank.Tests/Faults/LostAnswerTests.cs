using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

[Collection("Faults")]
public sealed class LostAnswerTests(BankServer server)
{
    [Theory]
    [InlineData(CutPoint.AfterRequest)]
    [InlineData(CutPoint.BeforeReady)]
    public async Task A_movement_whose_answer_was_lost_is_answered_and_recorded_once(CutPoint point)
    {
        await using var bank = await BankBehindProxy.StartAsync(server);
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var from = await customer.OpenAccountAsync(100m);
        var to = await customer.OpenAccountAsync();
        Movement[] movements =
        [
            new(null, from, 1m, null), new(from, null, 2m, null), new(from, to, 3m, null),
            new(null, from, 4m, "deposit"), new(from, null, 5m, "withdrawal"), new(from, to, 6m, "transfer"),
        ];

        foreach (var movement in movements)
        {
            var cut = bank.Proxy.CutOnceAsync(point);
            var reply = await movement.SendAsync(customer);

            reply.Status.ShouldBe(HttpStatusCode.Created);
            cut.IsCompletedSuccessfully.ShouldBeTrue("the answer was not lost");
            var row = await bank.Ledger.TransactionAsync(reply.Id!.Value);
            new Attempt(movement, [reply]).ShouldHavePosted(row);
        }

        await bank.Ledger.ShouldHoldAsync(from, to);
        (await bank.Ledger.TransactionsOfAsync(from, to)).Length.ShouldBe(1 + movements.Length);
    }

    [Theory]
    [InlineData(CutPoint.AfterRequest)]
    [InlineData(CutPoint.BeforeReady)]
    public async Task A_refusal_that_was_lost_is_given_and_is_what_its_key_stands_for(CutPoint point)
    {
        await using var bank = await BankBehindProxy.StartAsync(server);
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync(10m);

        var cut = bank.Proxy.CutOnceAsync(point);
        using var refused = await customer.WithdrawAsync(account, 11m, "key");
        using var deposited = await customer.DepositAsync(account, 1m);
        using var repeated = await customer.WithdrawAsync(account, 11m, "key");

        cut.IsCompletedSuccessfully.ShouldBeTrue("the answer was not lost");
        await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "insufficient_funds");
        (await repeated.Content.ReadAsStringAsync()).ShouldBe(await refused.Content.ReadAsStringAsync());
        refused.Headers.Contains("Idempotent-Replayed").ShouldBeFalse("this is the first answer");
        repeated.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        (await customer.BalanceAsync(account)).ShouldBe(11m);
    }
}

using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

[Collection("Faults")]
[Trait("Speed", "Slow")]
public sealed class LostResponseTests(BankServer server)
{
    [Fact]
    public async Task Money_command_is_posted_once_after_a_lost_response()
    {
        await using var bank = await BankBehindProxy.StartAsync(server);
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var from = await customer.OpenAccountAsync(100m);
        var to = await customer.OpenAccountAsync();
        var attempts = new List<Attempt>();

        foreach (var point in Enum.GetValues<CutPoint>())
        {
            Movement[] movements =
            [
                new(null, from, 1m, null), new(from, null, 2m, null), new(from, to, 3m, null),
                new(null, from, 4m, $"deposit-{point}"),
                new(from, null, 5m, $"withdrawal-{point}"),
                new(from, to, 6m, $"transfer-{point}"),
            ];

            foreach (var movement in movements)
            {
                var cut = bank.Proxy.CutOnceAsync(point);
                attempts.Add(new Attempt(movement, [await movement.SendAsync(customer)]));
                cut.IsCompletedSuccessfully.ShouldBeTrue("the response was not lost");
            }
        }

        foreach (var attempt in attempts)
        {
            var reply = attempt.Replies.ShouldHaveSingleItem();
            reply.Status.ShouldBe(HttpStatusCode.Created);
            attempt.ShouldHavePosted(await bank.Ledger.TransactionAsync(reply.Id!.Value));
        }

        await bank.Ledger.ShouldHoldAsync(from, to);
        (await bank.Ledger.TransactionsOfAsync(from, to)).Length.ShouldBe(1 + attempts.Count);
    }

    [Fact]
    public async Task Refused_withdrawal_replays_after_a_lost_response()
    {
        await using var bank = await BankBehindProxy.StartAsync(server);
        var customer = await Customer.RegisterAsync(bank.Api.Address);

        foreach (var point in Enum.GetValues<CutPoint>())
        {
            var account = await customer.OpenAccountAsync(10m);

            var cut = bank.Proxy.CutOnceAsync(point);
            using var refused = await customer.WithdrawAsync(account, 11m, $"{point}");
            cut.IsCompletedSuccessfully.ShouldBeTrue("the response was not lost");
            using var deposited = await customer.DepositAsync(account, 1m);
            using var repeated = await customer.WithdrawAsync(account, 11m, $"{point}");

            await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "insufficient_funds");
            (await repeated.Content.ReadAsStringAsync())
                .ShouldBe(await refused.Content.ReadAsStringAsync());
            refused.Headers.Contains("Idempotent-Replayed").ShouldBeFalse("this is the first response");
            repeated.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
            (await customer.BalanceAsync(account)).ShouldBe(11m);
        }
    }
}

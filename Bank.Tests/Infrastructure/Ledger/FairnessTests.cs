using System.Net;
using Bank.Infrastructure.Problems;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Ledger;

/// <summary>What one customer does costs the others little.</summary>
public sealed class FairnessTests(BankServer bank)
{
    [Fact]
    public async Task A_user_has_so_many_commands_in_flight_and_no_more()
    {
        await using var ledger = await OwnLedger.CreateAsync(bank, new() { CommandsPerUser = 4 });
        var account = await ledger.OpenAccountAsync();
        await using var held = await HeldAccount.HoldAsync(ledger.Database, account);

        var first = Enumerable.Range(0, 4).Select(_ => ledger.DepositAsync(account, 1m)).ToArray();
        var refused = await Should.ThrowAsync<ProblemException>(ledger.DepositAsync(account, 1m));
        await held.ReleaseAsync();
        await Task.WhenAll(first);
        var later = await ledger.DepositAsync(account, 1m);

        refused.Problem.ShouldBe(Problem.TooManyRequests);
        later.Balance.ShouldBe(5m);
    }

    [Fact]
    public async Task What_is_decided_again_takes_no_more_than_half_a_batch_while_others_wait()
    {
        const int Pairs = 40;
        await using var ledger = await OwnLedger.CreateAsync(bank, new() { LargestBatch = 8 });
        var contested = await ledger.OpenAccountAsync(10m);
        var other = await ledger.OpenAccountAsync(100m);
        Task<Bank.Infrastructure.Ledger.Answer>[] pairs, others;

        await using (var held = await HeldAccount.HoldAsync(ledger.Database, contested))
        {
            var first = ledger.WithdrawAsync(contested, 0.01m);
            await held.AwaitWaitingAsync(1);

            // Each pair asks for a cent, and for all that would be left without the cent.
            pairs = [.. Enumerable.Range(0, 2 * Pairs).Select(
                index => ledger.WithdrawAsync(contested, index % 2 == 0 ? 0.01m : 9.99m))];
            others = [.. Enumerable.Range(0, Pairs).Select(_ => ledger.WithdrawAsync(other, 1m))];
            await held.ReleaseAsync();
            await first;
        }

        await Task.WhenAll(others);
        await Task.WhenAll(pairs);
        others.ShouldAllBe(answer => answer.Result.IsPosted);
        await ledger.Ledger.ShouldHoldAsync(contested, other);
    }

    [Fact]
    public async Task A_row_that_somebody_put_in_the_way_is_a_fault_of_its_account_alone()
    {
        await using var own = await OwnBank.StartAsync(bank);
        var customer = await own.RegisterAsync();
        var broken = await customer.OpenAccountAsync(1m);
        var whole = await customer.OpenAccountAsync(1m);
        await own.Database.ExecuteAsync(
            """
            INSERT INTO transactions (id, to_account_id, amount, to_balance, to_version, created_at)
            SELECT gen_random_uuid(), id, 1, balance + 1, version + 1, now() FROM accounts WHERE id = $1
            """,
            broken);

        var responses = await Burst.OfAsync(
            40, index => customer.DepositAsync(index % 10 == 0 ? broken : whole, 1m));

        for (var index = 0; index < responses.Length; index++)
        {
            if (index % 10 == 0)
                await responses[index].ShouldBeProblemAsync(
                    HttpStatusCode.InternalServerError, "internal_error");
            else
                responses[index].StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        own.Output.ShouldContain("transactions_to_sequence");
        (await customer.BalanceAsync(whole)).ShouldBe(37m);
        await own.Ledger.ShouldHoldAsync(whole);
    }
}

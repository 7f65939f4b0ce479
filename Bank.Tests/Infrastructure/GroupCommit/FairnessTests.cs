using System.Net;
using Bank.Features.Deposits;
using Bank.Features.Transfers;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.GroupCommit;

/// <summary>The load of one customer delays the others little.</summary>
[Trait("Speed", "Slow")]
public sealed class FairnessTests(BankServer bank)
{
    [Fact]
    public async Task Commands_in_flight_are_limited_per_user()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank, new() { CommandsPerUser = 4 });
        var account = await ledger.OpenAccountAsync();
        await using var blocked = await BlockedAccount.BlockAsync(ledger.Database, account);

        var first = Enumerable.Range(0, 4).Select(_ => ledger.DepositAsync(account, 1m)).ToArray();
        var refused = await Should.ThrowAsync<ProblemException>(ledger.DepositAsync(account, 1m));
        await blocked.UnblockAsync();
        await Task.WhenAll(first);
        var later = await ledger.DepositAsync(account, 1m);

        refused.Problem.ShouldBe(Problem.TooManyRequests);
        later.Transaction.Balance.ShouldBe(5m);
    }

    [Fact]
    public async Task Batch_counts_once_per_transaction_against_the_user_limit()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank, new() { CommandsPerUser = 4 });
        long[] accounts = [await ledger.OpenAccountAsync(1m), await ledger.OpenAccountAsync()];
        await using var blocked = await BlockedAccount.BlockAsync(ledger.Database, accounts[0]);

        var first = ledger.PostBatchAsync(accounts[0], accounts[1], 3);
        var second = ledger.DepositAsync(accounts[0], 1m);
        var refused = await Should.ThrowAsync<ProblemException>(ledger.DepositAsync(accounts[0], 1m));
        await blocked.UnblockAsync();
        await Task.WhenAll(first, second);
        var larger = await ledger.PostBatchAsync(accounts[0], accounts[1], 5);

        refused.Problem.ShouldBe(Problem.TooManyRequests);
        larger.Transactions.Count.ShouldBe(5, "a user with nothing in flight may have one command");
    }

    [Fact]
    public async Task Queue_capacity_counts_the_transactions_of_a_batch()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank, new() { QueueCapacity = 4 });
        long[] accounts = [await ledger.OpenAccountAsync(1m), await ledger.OpenAccountAsync()];
        await using var blocked = await BlockedAccount.BlockAsync(ledger.Database, accounts[0]);
        var first = ledger.DepositAsync(accounts[0], 1m);
        await blocked.WaitForBlockedQueriesAsync(1);

        var second = ledger.PostBatchAsync(accounts[0], accounts[1], 3);
        var refused = await Should.ThrowAsync<ProblemException>(
            ledger.PostBatchAsync(accounts[0], accounts[1], 2));
        var third = ledger.DepositAsync(accounts[0], 1m);
        await blocked.UnblockAsync();

        refused.Problem.ShouldBe(Problem.Overloaded);
        (await Task.WhenAll(first, second, third)).ShouldAllBe(answer => answer.IsPosted);
        (await ledger.PostBatchAsync(accounts[0], accounts[1], 5)).IsPosted.ShouldBeTrue("nothing waits");
    }

    [Fact]
    public async Task Queued_batches_do_not_delay_commands_of_another_kind()
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        long[] accounts = [await ledger.OpenAccountAsync(1m), await ledger.OpenAccountAsync()];
        var other = await ledger.OpenAccountAsync();
        Task<PostingResult>[] batches;
        Task<PostingResult> single;

        await using (var blocked = await BlockedAccount.BlockAsync(ledger.Database, accounts[0]))
        {
            batches =
                [.. Enumerable.Range(0, 20).Select(_ => ledger.PostBatchAsync(accounts[0], accounts[1], 2))];
            await blocked.WaitForBlockedQueriesAsync(1);
            single = ledger.DepositAsync(other, 1m);
            await blocked.UnblockAsync();
        }

        var times = await Task.WhenAll([.. batches, single]);
        times[^1].CreatedAt.ShouldBeLessThan(times[2].CreatedAt);
    }

    [Fact]
    public async Task Requeued_commands_do_not_starve_other_accounts()
    {
        const int Pairs = 40;
        await using var ledger = await IsolatedLedger.CreateAsync(bank, new() { MaxGroupSize = 8 });
        var contested = await ledger.OpenAccountAsync(10m);
        var other = await ledger.OpenAccountAsync(100m);
        Task<PostingResult>[] pairs, others;

        await using (var blocked = await BlockedAccount.BlockAsync(ledger.Database, contested))
        {
            var first = ledger.WithdrawAsync(contested, 0.01m);
            await blocked.WaitForBlockedQueriesAsync(1);

            // Each pair withdraws a cent, and then all that would be left without that withdrawal.
            pairs = [.. Enumerable.Range(0, 2 * Pairs).Select(
                index => ledger.WithdrawAsync(contested, index % 2 == 0 ? 0.01m : 9.99m))];
            others = [.. Enumerable.Range(0, Pairs).Select(_ => ledger.WithdrawAsync(other, 1m))];
            await blocked.UnblockAsync();
            await first;
        }

        await Task.WhenAll(others);
        await Task.WhenAll(pairs);
        others.ShouldAllBe(answer => answer.Result.IsPosted);
        await ledger.Ledger.ShouldHoldAsync(contested, other);
    }

    [Fact]
    public void Batch_that_was_parked_first_goes_first()
    {
        var time = new SteppedTime();
        var queue = new CommandQueue(new GroupCommitOptions(), time);
        var (first, second) = (Batch(1, 2), Batch(3, 4));
        Add(first);
        Take().ShouldBe(first);
        Park(first, 1);
        time.Advance(TimeSpan.FromSeconds(1));
        Take().ShouldBe(first);
        Add(second);
        Take().ShouldBe(second);
        Park(second, 3);
        Park(first, 2);
        time.Advance(TimeSpan.FromSeconds(1));
        Add(Batch(5, 6));

        var taken = new[] { Take(), Take(), Take() };

        taken.Take(2).ShouldContain(first, "half of the turns are for batches parked for a second");
        Array.IndexOf(taken, first).ShouldBeLessThan(Array.IndexOf(taken, second));

        void Add(PendingCommand batch) => queue.TryAdd(batch, out _).ShouldBeTrue();

        PendingCommand Take() => queue.Take(out _).ShouldNotBeNull().Single();

        void Park(PendingCommand batch, long account) =>
            queue.Requeue(batch, new PostingRow { Ordinal = 1, BusyId = account });
    }

    [Theory]
    [InlineData(true, "overloaded")]
    [InlineData(false, "database_unavailable")]
    public async Task Expired_command_says_whether_the_database_answers(bool isAnswering, string code)
    {
        await using var ledger = await IsolatedLedger.CreateAsync(bank);
        long[] accounts = [await ledger.OpenAccountAsync(), await ledger.OpenAccountAsync()];

        if (isAnswering)
            await ledger.DepositAsync(accounts[1], 1m);

        await using var blocked = await BlockedAccount.BlockAsync(ledger.Database, accounts[0]);
        var first = ledger.DepositAsync(accounts[0], 1m);
        await blocked.WaitForBlockedQueriesAsync(1);

        var expired = await Should.ThrowAsync<ProblemException>(
            ledger.PostOverdueAsync(DepositQuery.Command(ledger.User, new(accounts[1], 1m))));

        expired.Problem.Code.ShouldBe(code);
        await blocked.UnblockAsync();
        (await first).IsPosted.ShouldBeTrue();
    }

    [Fact]
    public async Task Corrupt_row_fails_only_commands_of_its_own_account()
    {
        await using var own = await IsolatedBank.StartAsync(bank);
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

    static PendingCommand Batch(long from, long to) =>
        BatchTransferQuery.Command(1, new([new TransferRequest(from, to, 1m)])).ToPending();
}

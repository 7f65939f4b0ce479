using Bank.Features.Transfers;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;
using FsCheck;
using FsCheck.Fluent;
using static Bank.Infrastructure.Ledger.PostingRow;

namespace Bank.Tests.Features.Transfers;

[Trait("Speed", "Slow")]
public sealed class BatchTransferQueryTests(BankServer bank)
{
    const long Nowhere = long.MaxValue;
    const decimal Limit = 9_999_999_999_999_999.99m;

    readonly BatchTransferQuery batches = new();

    [Fact]
    public async Task A_batch_of_500_is_posted_with_balances_and_versions()
    {
        var (customer, accounts) = await bank.RegisterAsync(20m, 20m, 20m);
        var transfers = Enumerable.Range(1, 500).Select(index => new TransferRequest(
            accounts[index % 3], accounts[(index + 1 + index % 2) % 3], 0.01m * (1 + index % 7))).ToArray();
        var before = await bank.Ledger.AccountsAsync(accounts);

        var (decision, id) = await PostAsync(await customer.IdAsync(), transfers);

        decision.Outcome.ShouldBe(Posted);
        decision.TransactionId.ShouldBe(id);
        await ShouldFollowAsync(before, transfers, decision, id);
    }

    [Fact]
    public async Task Any_batch_is_decided_like_its_transfers_one_by_one()
    {
        var (customer, own) = await bank.RegisterAsync(20m, 10m, 0m, 0m);
        var (_, others) = await bank.RegisterAsync(10m);
        await bank.Ledger.FundAsync(own[3], Limit - 20m);
        await customer.HoldAsync(own[0], own[1], 4m);
        long[] accounts = [.. own, .. others];
        var caller = await customer.IdAsync();
        var transfer =
            from source in Gen.Frequency((30, Gen.Elements(own)), (1, Gen.Elements([.. others, Nowhere])))
            from target in Gen.Frequency((30, Gen.Elements(accounts)), (1, Gen.Constant(Nowhere)))
            from cents in Gen.Choose(1, 600)
            where source != target
            select new TransferRequest(source, target, cents / 100m);
        var outcomes = new List<string>();

        var property = Prop.ForAll(transfer.NonEmptyListOf().ToArbitrary(), async batch =>
        {
            var before = await bank.Ledger.AccountsAsync(accounts);
            var (outcome, refused) = Judge(own, before, held: (own[0], 4m), [.. batch]);

            var (decision, id) = await PostAsync(caller, [.. batch]);

            decision.Outcome.ShouldBe(outcome);
            decision.TransactionId.ShouldBe(BatchIds.At(id, refused));
            outcomes.Add(outcome);

            if (outcome == Posted)
                await ShouldFollowAsync(before, [.. batch], decision, id);
            else
                (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
        });

        await Task.Run(
            () => Check.One(PropertyConfig.Quiet.WithMaxTest(100).WithEndSize(30), property));
        outcomes.Distinct().Count().ShouldBeGreaterThan(2);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Batch_on_a_busy_account_is_undecided_and_claims_no_key(int locked)
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m, 0m);
        var caller = await customer.IdAsync();
        var command = BatchTransferQuery.Command(
            caller, new([new(accounts[0], accounts[1], 5m), new(accounts[1], accounts[2], 5m)]));
        var key = new IdempotencyKey(caller, "key", "fingerprint", "trace");

        PostingRow decision;

        await using (await LockedAccounts.LockAsync(bank.Database, accounts[locked]))
            decision = (await bank.PostAsync(batches, [command.ToPending(key)])).Rows.Single();

        decision.Outcome.ShouldBeNull();
        decision.BusyId.ShouldBe(accounts[locked]);
        (await bank.Database.ScalarAsync<long>(
            "SELECT count(*) FROM idempotency_keys WHERE user_id = $1", caller)).ShouldBe(0);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task A_refusal_before_a_locked_account_does_not_wait_for_it()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m, 0m);
        await using var locked = await LockedAccounts.LockAsync(bank.Database, accounts[2]);

        var (decision, id) = await PostAsync(
            await customer.IdAsync(),
            [new(accounts[0], accounts[1], 11m), new(accounts[0], accounts[2], 1m)]);

        decision.Outcome.ShouldBe("insufficient_funds");
        decision.BusyId.ShouldBeNull();
        decision.TransactionId.ShouldBe(id);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public Task Batch_rolls_back_if_one_account_is_not_updated(int lost) =>
        bank.ShouldRollBackTheQueryAsync(
            batches, lost, (caller, accounts) => BatchTransferQuery.Command(
                caller, new([new(accounts[0], accounts[1], 10m), new(accounts[0], accounts[1], 5m)])));

    [Fact]
    public Task Batch_query_cost_is_linear_in_its_transfers() =>
        bank.ShouldBeLinearAsync(typeof(BatchTransferQuery), "from", "to");

    async Task<(PostingRow PostingRow, Guid Id)> PostAsync(long caller, TransferRequest[] transfers)
    {
        var (decisions, ids) = await bank.PostAsync(
            batches, [BatchTransferQuery.Command(caller, new(transfers))]);
        return (decisions.ShouldHaveSingleItem(), ids.Single());
    }

    /// <summary>The expected outcome of a batch and the index of its first refused transfer.</summary>
    static (string Outcome, int Index) Judge(
        long[] own, AccountRow[] before, (long Account, decimal Amount) held, TransferRequest[] batch)
    {
        var balances = before.ToDictionary(account => account.Id, account => account.Balance);

        foreach (var (index, (from, to, amount, _, _)) in batch.Index())
        {
            var refusal =
                !own.Contains(from) ? "source_not_found"
                : !balances.ContainsKey(to) ? "target_not_found"
                : amount > balances[from] - (from == held.Account ? held.Amount : 0) ? "insufficient_funds"
                : amount > Limit - balances[to] ? "balance_limit_exceeded"
                : null;

            if (refusal is not null)
                return (refusal, index);

            balances[from] -= amount!.Value;
            balances[to] += amount.Value;
        }

        return (Posted, 0);
    }

    /// <summary>Checks that each posted balance and version follows from the one before.</summary>
    async Task ShouldFollowAsync(
        AccountRow[] before, TransferRequest[] batch, PostingRow decision, Guid first)
    {
        var ids = Enumerable.Range(0, batch.Length).Select(number => BatchIds.At(first, number)).ToArray();
        var rows = (await bank.Ledger.TransactionsAsync(ids)).ToDictionary(row => row.Id);
        var now = before.ToDictionary(account => account.Id);
        rows.Count.ShouldBe(batch.Length);
        decision.Balances!.Length.ShouldBe(batch.Length);

        foreach (var ((from, to, amount, _, _), id, balance) in batch.Zip(ids, decision.Balances))
        {
            var source = now[from] = After(now[from], -amount!.Value);
            var target = now[to] = After(now[to], amount.Value);
            balance.ShouldBe((long)(source.Balance * 100));
            rows[id].ShouldBe(new TransactionRow(
                id, from, to, amount.Value, source.Balance, target.Balance, source.Version, target.Version));
        }

        (await bank.Ledger.AccountsAsync([.. now.Keys])).ShouldBe(now.Values.OrderBy(account => account.Id));
        await bank.Ledger.ShouldHoldAsync([.. now.Keys]);

        static AccountRow After(AccountRow account, decimal change) => account with
        {
            Balance = account.Balance + change,
            Version = account.Version + 1,
            Transactions = account.Transactions + 1,
        };
    }
}

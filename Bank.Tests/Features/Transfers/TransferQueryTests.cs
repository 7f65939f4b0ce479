using Bank.Features.Transfers;
using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;
using FsCheck;
using FsCheck.Fluent;
using static Bank.Infrastructure.Ledger.PostingRow;

namespace Bank.Tests.Features.Transfers;

[Trait("Speed", "Slow")]
public sealed class TransferQueryTests(BankServer bank)
{
    const long Nowhere = long.MaxValue;
    const decimal Limit = 9_999_999_999_999_999.99m;

    readonly TransferQuery transfers = new();

    [Fact]
    public async Task A_group_of_500_transfers_has_exact_balances_and_versions()
    {
        var (customer, accounts) = await bank.RegisterAsync(2000m, 2000m, 2000m);
        var caller = await customer.IdAsync();
        var commands = Enumerable.Range(1, 500).Select(index => TransferQuery.Command(
            caller, new(accounts[index % 3], accounts[(index + 1 + index % 2) % 3], index / 100m))).ToArray();
        var before = await bank.Ledger.AccountsAsync(accounts);

        var (decisions, ids) = await bank.PostAsync(transfers, commands);

        decisions.ShouldAllBe(decision => decision.Outcome == Posted && !decision.IsReplay);
        await ShouldFollowAsync(before, commands, decisions, ids);
    }

    [Fact]
    public async Task Transfer_beyond_balance_after_earlier_ones_is_requeued()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 100m, 0m);
        var (_, others) = await bank.RegisterAsync(100m);
        var caller = await customer.IdAsync();
        await bank.Ledger.FundAsync(accounts[2], Limit - 15m);
        MoneyCommand[] commands =
        [
            TransferQuery.Command(caller, new(accounts[0], accounts[1], 100.01m)),
            TransferQuery.Command(caller, new(accounts[0], Nowhere, 10m)),
            TransferQuery.Command(caller, new(accounts[0], accounts[1], 60m)),
            TransferQuery.Command(caller, new(accounts[0], accounts[1], 60m)),
            TransferQuery.Command(caller, new(others[0], accounts[1], 1m)),
            TransferQuery.Command(caller, new(Nowhere, accounts[1], 1m)),
            TransferQuery.Command(caller, new(accounts[1], accounts[2], 15.01m)),
            TransferQuery.Command(caller, new(accounts[1], others[0], 20m)),
        ];

        var (decisions, ids) = await bank.PostAsync(transfers, commands);

        decisions.Select(decision => decision.Outcome).ShouldBe(
        [
            "insufficient_funds", "target_not_found", Posted, null,
            "source_not_found", "source_not_found", "balance_limit_exceeded", Posted,
        ]);
        decisions.Where(decision => decision.Outcome != Posted)
            .ShouldAllBe(decision => decision.Balance == null && decision.CreatedAt == null);
        (await bank.Ledger.TransactionsAsync(ids)).Select(row => row.Id)
            .ShouldBe([ids[2], ids[7]], ignoreOrder: true);
        await bank.Ledger.ShouldHoldAsync([.. accounts, .. others]);
    }

    [Fact]
    public async Task Any_group_is_decided_like_some_serial_order_of_its_commands()
    {
        var (customer, own) = await bank.RegisterAsync(20m, 10m, 0m, 0m);
        var (_, others) = await bank.RegisterAsync(10m);
        await bank.Ledger.FundAsync(own[3], Limit - 20m);
        long[] accounts = [.. own, .. others];
        var caller = await customer.IdAsync();
        var account = Gen.Elements([.. accounts, Nowhere]);
        var command =
            from source in account
            from target in account
            from cents in Gen.Choose(1, 1500)
            where source != target
            select TransferQuery.Command(caller, new(source, target, cents / 100m));

        var property = Prop.ForAll(command.NonEmptyListOf().ToArbitrary(), async batch =>
        {
            var before = await bank.Ledger.AccountsAsync(accounts);

            var (decisions, ids) = await bank.PostAsync(transfers, batch);

            ShouldBeFair(own, before, [.. batch], decisions);
            await ShouldFollowAsync(before, [.. batch], decisions, ids);
        });

        Check.One(PropertyConfig.Quiet.WithMaxTest(60).WithEndSize(60), property);
    }

    [Fact]
    public async Task Transfers_in_opposite_order_never_deadlock()
    {
        var (customer, accounts) = await bank.RegisterAsync([.. Enumerable.Repeat(100m, 20)]);
        var caller = await customer.IdAsync();

        var around = accounts.Zip([.. accounts.Skip(1), accounts[0]])
            .Select(sides => TransferQuery.Command(caller, new(sides.First, sides.Second, 0.01m))).ToArray();

        await Parallel.ForAsync(
            0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (index, _) => await bank.PostAsync(transfers, index % 2 == 0 ? around : around.Reverse()));

        (await bank.Ledger.SumAsync(accounts)).ShouldBe(2000m);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public Task Transfer_rolls_back_if_one_account_is_not_updated(int lost) =>
        bank.ShouldRollBackTheQueryAsync(
            transfers, lost,
            (caller, accounts) => TransferQuery.Command(caller, new(accounts[0], accounts[1], 10m)));

    [Fact]
    public Task Transfer_query_cost_is_linear_in_the_group_size() =>
        bank.ShouldBeLinearAsync(typeof(TransferQuery), "from", "to");

    /// <summary>
    /// Checks each refusal against the balances before the group, as if all refused transfers had come first.
    /// A transfer may stay undecided only behind another transfer of the same account.
    /// </summary>
    static void ShouldBeFair(
        long[] own, AccountRow[] before, MoneyCommand[] batch, PostingRow[] decisions)
    {
        var held = before.ToDictionary(account => account.Id, account => account.Balance);
        var touched = new HashSet<long>();

        foreach (var (command, decision) in batch.Zip(decisions))
        {
            string? due =
                !own.Contains(command.From!.Value) ? "source_not_found"
                : !held.TryGetValue(command.To!.Value, out var target) ? "target_not_found"
                : command.Amount > held[command.From!.Value] ? "insufficient_funds"
                : command.Amount + target > Limit ? "balance_limit_exceeded"
                : decision.Outcome is null && touched.Overlaps([command.From!.Value, command.To!.Value])
                ? null
                : Posted;

            decision.Outcome.ShouldBe(due, $"{command}");
            touched.UnionWith([command.From!.Value, command.To!.Value]);
        }
    }

    /// <summary>Checks that each posted balance and version follows from the one before.</summary>
    async Task ShouldFollowAsync(
        AccountRow[] before, MoneyCommand[] batch, PostingRow[] decisions, Guid[] ids)
    {
        var rows = (await bank.Ledger.TransactionsAsync(ids)).ToDictionary(row => row.Id);
        var now = before.ToDictionary(account => account.Id);

        foreach (var (command, decision, id) in batch.Zip(decisions, ids))
        {
            if (decision.Outcome != Posted)
                continue;

            var source = now[command.From!.Value] = After(now[command.From!.Value], -command.Amount);
            var target = now[command.To!.Value] = After(now[command.To!.Value], command.Amount);
            source.Balance.ShouldBeGreaterThanOrEqualTo(0);
            target.Balance.ShouldBeLessThanOrEqualTo(Limit);
            decision.Balance.ShouldBe(source.Balance);
            rows[id].ShouldBe(new TransactionRow(
                id, command.From!.Value, command.To!.Value, command.Amount,
                source.Balance, target.Balance, source.Version, target.Version));
        }

        rows.Count.ShouldBe(decisions.Count(decision => decision.Outcome == Posted));
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

using Bank.Features.Deposits;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;
using static Bank.Infrastructure.Ledger.PostingRow;

namespace Bank.Tests.Features.Deposits;

public sealed class DepositQueryTests(BankServer bank)
{
    readonly DepositQuery deposits = new();

    [Fact]
    public async Task A_group_of_500_deposits_has_exact_balances_and_versions()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m, 100m, 0m);
        var caller = await customer.IdAsync();
        var commands = Enumerable.Range(1, 500)
            .Select(index => DepositQuery.Command(caller, new(accounts[index * index % 3], index / 100m)))
            .ToArray();

        var (decisions, ids) = await bank.PostAsync(deposits, commands);

        var rows = (await bank.Ledger.TransactionsAsync(ids)).ToDictionary(row => row.Id);
        var balances = accounts.Zip([0m, 100m, 0m]).ToDictionary();
        var versions = accounts.Zip([0L, 1L, 0L]).ToDictionary();

        foreach (var (command, decision, id) in commands.Zip(decisions, ids))
        {
            var balance = balances[command.To!.Value] += command.Amount;
            var version = ++versions[command.To!.Value];
            decision.Outcome.ShouldBe(Posted);
            decision.IsReplay.ShouldBeFalse();
            decision.Balance.ShouldBe(balance);
            rows[id].ShouldBe(new TransactionRow(
                id, null, command.To!.Value, command.Amount, null, balance, null, version));
        }

        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Deposit_beyond_the_limit_after_earlier_ones_is_requeued()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m, 0m);
        var caller = await customer.IdAsync();
        await bank.Ledger.FundAsync(accounts[0], 9_999_999_999_999_984.99m);

        var (decisions, ids) = await bank.PostAsync(
            deposits,
            [
                DepositQuery.Command(caller, new(accounts[0], 10m)),
                DepositQuery.Command(caller, new(accounts[0], 10m)),
                DepositQuery.Command(caller, new(accounts[0], 15.01m)),
                DepositQuery.Command(caller, new(accounts[1], 10m)),
                DepositQuery.Command(caller + 1, new(accounts[1], 10m)),
                DepositQuery.Command(caller, new(long.MaxValue, 10m)),
            ]);

        decisions.Select(decision => decision.Outcome).ShouldBe(
            [Posted, null, "balance_limit_exceeded", Posted, "account_not_found", "account_not_found"]);
        decisions.Where(decision => decision.Outcome != Posted)
            .ShouldAllBe(decision => decision.Balance == null && decision.CreatedAt == null);
        (await bank.Ledger.TransactionsAsync(ids)).Select(row => row.Id)
            .ShouldBe([ids[0], ids[3]], ignoreOrder: true);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Deposits_with_the_same_keys_in_reverse_never_deadlock()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m, 0m);
        var caller = await customer.IdAsync();

        for (var round = 0; round < 20; round++)
        {
            var keys = Enumerable.Range(0, 50).Select(_ => Names.New()).ToArray();

            PostingRow[] rows;
            var posted = 0;

            // Keys that the other group has just claimed are tried again.
            do
            {
                var groups = await Task.WhenAll(
                    bank.PostAsync(deposits, [.. keys.Select(key => With(key, accounts[0]))]),
                    bank.PostAsync(deposits, [.. keys.Reverse().Select(key => With(key, accounts[1]))]));
                rows = [.. groups.SelectMany(group => group.Rows)];
                posted += rows.Count(row => row is { Outcome: Posted, IsReplay: false });
            }
            while (rows.Any(row => row.Outcome == KeyLocked));

            posted.ShouldBe(50);
        }

        (await bank.Ledger.SumAsync(accounts)).ShouldBe(1000m);
        await bank.Ledger.ShouldHoldAsync(accounts);

        PendingCommand With(string key, long account) => DepositQuery.Command(caller, new(account, 1m))
            .ToPending(new IdempotencyKey(caller, key, "fingerprint", "trace"));
    }

    [Fact]
    public Task Deposit_rolls_back_if_its_account_is_not_updated() =>
        bank.ShouldRollBackTheQueryAsync(
            deposits, lost: 0, (caller, accounts) => DepositQuery.Command(caller, new(accounts[0], 10m)));

    [Fact]
    public Task Deposit_query_cost_is_linear_in_the_group_size() =>
        bank.ShouldBeLinearAsync(typeof(DepositQuery), "to");
}

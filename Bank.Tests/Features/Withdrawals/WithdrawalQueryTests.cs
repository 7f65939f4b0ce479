using Bank.Features.Withdrawals;
using Bank.Infrastructure.Idempotency;
using Bank.Tests.Harness;
using static Bank.Infrastructure.Ledger.PostingRow;

namespace Bank.Tests.Features.Withdrawals;

public sealed class WithdrawalQueryTests(BankServer bank)
{
    readonly WithdrawalQuery withdrawals = new();

    /// <summary>
    /// A command is sent again with its own id if the connection was lost before its result. Its key is then
    /// claimed already, and what was committed with it counts.
    /// </summary>
    [Fact]
    public async Task Command_sent_again_replays_its_own_refusal()
    {
        var (customer, accounts) = await bank.RegisterAsync(1m);
        var caller = await customer.IdAsync();
        var command = WithdrawalQuery.Command(caller, new(accounts[0], 5m))
            .ToPending(new IdempotencyKey(caller, Names.New(), "fingerprint", "trace"));

        var (refused, _) = await bank.PostAsync(withdrawals, [command]);
        (await customer.DepositAsync(accounts[0], 9m)).Dispose();
        var (repeated, _) = await bank.PostAsync(withdrawals, [command]);

        refused.Single().Outcome.ShouldBe("insufficient_funds");
        repeated.Single().IsReplay.ShouldBeTrue();
        (await bank.Ledger.SumAsync(accounts)).ShouldBe(10m);
    }

    [Fact]
    public async Task A_group_of_500_withdrawals_has_exact_balances_and_versions()
    {
        var (customer, accounts) = await bank.RegisterAsync(1000m, 2000m, 3000m);
        var caller = await customer.IdAsync();
        var commands = Enumerable.Range(1, 500)
            .Select(index => WithdrawalQuery.Command(caller, new(accounts[index * index % 3], index / 100m)))
            .ToArray();

        var (decisions, ids) = await bank.PostAsync(withdrawals, commands);

        var rows = (await bank.Ledger.TransactionsAsync(ids)).ToDictionary(row => row.Id);
        var balances = accounts.Zip([1000m, 2000m, 3000m]).ToDictionary();
        var versions = accounts.ToDictionary(account => account, _ => 1L);

        foreach (var (command, decision, id) in commands.Zip(decisions, ids))
        {
            var balance = balances[command.From!.Value] -= command.Amount;
            var version = ++versions[command.From!.Value];
            decision.Outcome.ShouldBe(Posted);
            decision.IsReplay.ShouldBeFalse();
            decision.Balance.ShouldBe(balance);
            rows[id].ShouldBe(new TransactionRow(
                id, command.From!.Value, null, command.Amount, balance, null, version, null));
        }

        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Withdrawal_beyond_balance_after_earlier_ones_is_requeued()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 100m);
        var caller = await customer.IdAsync();

        var (decisions, ids) = await bank.PostAsync(
            withdrawals,
            [
                WithdrawalQuery.Command(caller, new(accounts[0], 100.01m)),
                WithdrawalQuery.Command(caller, new(accounts[0], 60m)),
                WithdrawalQuery.Command(caller, new(accounts[0], 60m)),
                WithdrawalQuery.Command(caller, new(accounts[0], 100.01m)),
                WithdrawalQuery.Command(caller, new(accounts[1], 100m)),
                WithdrawalQuery.Command(caller + 1, new(accounts[1], 10m)),
                WithdrawalQuery.Command(caller, new(long.MaxValue, 10m)),
            ]);

        decisions.Select(decision => decision.Outcome).ShouldBe(
            [
                "insufficient_funds", Posted, null, "insufficient_funds", Posted, "account_not_found",
                "account_not_found",
            ]);
        decisions.Where(decision => decision.Outcome != Posted)
            .ShouldAllBe(decision => decision.Balance == null && decision.CreatedAt == null);
        (await bank.Ledger.TransactionsAsync(ids)).Select(row => row.Id)
            .ShouldBe([ids[1], ids[4]], ignoreOrder: true);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Every_withdrawal_of_a_group_respects_held_amounts()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var caller = await customer.IdAsync();
        await customer.HoldAsync(accounts[0], accounts[1], 60m);

        var (decisions, _) = await bank.PostAsync(
            withdrawals,
            [
                WithdrawalQuery.Command(caller, new(accounts[0], 40.01m)),
                WithdrawalQuery.Command(caller, new(accounts[0], 30m)),
                WithdrawalQuery.Command(caller, new(accounts[0], 20m)),
                WithdrawalQuery.Command(caller, new(accounts[0], 10m)),
            ]);

        decisions.Select(decision => decision.Outcome).ShouldBe(["insufficient_funds", Posted, null, null]);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public Task Withdrawal_rolls_back_if_its_account_is_not_updated() =>
        bank.ShouldRollBackTheQueryAsync(
            withdrawals, lost: 0,
            (caller, accounts) => WithdrawalQuery.Command(caller, new(accounts[0], 10m)));

    [Fact]
    public Task Withdrawal_query_cost_is_linear_in_the_group_size() =>
        bank.ShouldBeLinearAsync(typeof(WithdrawalQuery), "from");
}

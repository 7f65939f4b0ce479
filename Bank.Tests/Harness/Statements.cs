using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace Bank.Tests.Harness;

/// <summary>Runs a money statement by itself, without the queue before it.</summary>
static class Statements
{
    /// <summary>Posts commands as one batch; the decisions are in the order of the commands.</summary>
    public static Task<(Decision[] Decisions, Guid[] Ids)> PostAsync(
        this BankServer bank, IMoneyStatement statement, IEnumerable<MoneyCommand> commands) =>
        bank.PostAsync(statement, [.. commands.Select(command => command.Pending())]);

    /// <summary>Posts commands with their keys as one batch.</summary>
    public static async Task<(Decision[] Decisions, Guid[] Ids)> PostAsync(
        this BankServer bank, IMoneyStatement statement, Pending[] commands)
    {
        await using var scope = bank.Services.CreateAsyncScope();
        var decisions = await statement.ExecuteAsync(
            scope.ServiceProvider.GetRequiredService<BankDb>(), new Batch(commands));

        decisions.Select(decision => decision.Ordinal).Order()
            .ShouldBe(Enumerable.Range(1, commands.Length).Select(ordinal => (long)ordinal));
        return (
            [.. decisions.OrderBy(decision => decision.Ordinal)],
            [.. commands.Select(command => command.Id)]);
    }

    /// <summary>A command on its way, for which nobody waits.</summary>
    public static Pending Pending(this MoneyCommand command, IdempotencyKey? key = null) =>
        new(command, key, new CommandSet(1, TimeSpan.FromMinutes(1)));
}

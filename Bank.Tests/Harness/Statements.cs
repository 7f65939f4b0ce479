using Bank.Infrastructure.Data;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace Bank.Tests.Harness;

/// <summary>Runs a money statement by itself, without the queue before it.</summary>
static class Statements
{
    /// <summary>Posts commands as one batch; the decisions are in the order of the commands.</summary>
    public static Task<(PostingRow[] Decisions, Guid[] Ids)> PostAsync(
        this BankServer bank, IMoneyQuery statement, IEnumerable<MoneyCommand> commands) =>
        bank.PostAsync(statement, [.. commands.Select(command => command.ToPending())]);

    /// <summary>Posts commands with their keys as one batch.</summary>
    public static async Task<(PostingRow[] Decisions, Guid[] Ids)> PostAsync(
        this BankServer bank, IMoneyQuery statement, PendingCommand[] commands)
    {
        await using var scope = bank.Services.CreateAsyncScope();
        var decisions = await statement.ExecuteAsync(
            scope.ServiceProvider.GetRequiredService<BankDb>(), PendingCommand.GroupOf(commands));

        decisions.Select(decision => decision.Ordinal).Order()
            .ShouldBe(Enumerable.Range(1, commands.Length).Select(ordinal => (long)ordinal));
        return (
            [.. decisions.OrderBy(decision => decision.Ordinal)],
            [.. commands.Select(command => command.Id)]);
    }

    /// <summary>A command on its way, for which nobody waits.</summary>
    public static PendingCommand ToPending(this MoneyCommand command, IdempotencyKey? key = null) =>
        new(command, key, new CommandSet(1, TimeSpan.FromMinutes(1), TimeProvider.System));
}

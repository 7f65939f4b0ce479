using Bank.Infrastructure.Data;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace Bank.Tests.Harness;

/// <summary>Runs a money query directly, without the queue.</summary>
static class DirectPosting
{
    /// <summary>Posts commands as one group; the rows are in the order of the commands.</summary>
    public static Task<(PostingRow[] Rows, Guid[] Ids)> PostAsync(
        this BankServer bank, IMoneyQuery query, IEnumerable<MoneyCommand> commands) =>
        bank.PostAsync(query, [.. commands.Select(command => command.ToPending())]);

    /// <summary>Posts commands with their keys as one group.</summary>
    public static async Task<(PostingRow[] Rows, Guid[] Ids)> PostAsync(
        this BankServer bank, IMoneyQuery query, PendingCommand[] commands)
    {
        await using var scope = bank.Services.CreateAsyncScope();
        var decisions = await query.ExecuteAsync(
            scope.ServiceProvider.GetRequiredService<BankDb>(), PendingCommand.GroupOf(commands));

        decisions.Select(decision => decision.Ordinal).Order()
            .ShouldBe(Enumerable.Range(1, commands.Length).Select(ordinal => (long)ordinal));
        return (
            [.. decisions.OrderBy(decision => decision.Ordinal)],
            [.. commands.Select(command => command.Id)]);
    }

    /// <summary>A pending command without a waiting caller.</summary>
    public static PendingCommand ToPending(this MoneyCommand command, IdempotencyKey? key = null) =>
        new(command, key, new CommandSet(1, TimeSpan.FromMinutes(1), TimeProvider.System));
}

using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace Bank.Tests.Harness;

/// <summary>Runs a money statement by itself, without the queue before it.</summary>
static class Statements
{
    /// <summary>Posts commands as one batch; the decisions are in the order of the commands.</summary>
    public static Task<(Decision<TOutcome>[] Decisions, Guid[] Ids)> PostAsync<TCommand, TOutcome>(
        this BankServer bank, IMoneyStatement<TCommand, TOutcome> statement, IEnumerable<TCommand> commands)
        where TOutcome : struct, Enum =>
        bank.PostAsync(statement, [.. commands.Select(command => new Posting<TCommand>(command, null))]);

    /// <summary>Posts commands with their keys as one batch.</summary>
    public static async Task<(Decision<TOutcome>[] Decisions, Guid[] Ids)> PostAsync<TCommand, TOutcome>(
        this BankServer bank, IMoneyStatement<TCommand, TOutcome> statement, Posting<TCommand>[] postings)
        where TOutcome : struct, Enum
    {
        var batch = new Batch<TCommand>(postings);
        await using var scope = bank.Services.CreateAsyncScope();
        var decisions = await statement.PostAsync(scope.ServiceProvider.GetRequiredService<BankDb>(), batch);

        decisions.Select(decision => decision.Ordinal).Order()
            .ShouldBe(Enumerable.Range(1, batch.Ids.Length).Select(ordinal => (long)ordinal));
        return ([.. decisions.OrderBy(decision => decision.Ordinal)], batch.Ids);
    }
}

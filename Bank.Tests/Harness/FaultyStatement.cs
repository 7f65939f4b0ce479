using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Tests.Harness;

/// <summary>A statement with a fault of its own: it answers for commands that are not in its batch.</summary>
sealed class FaultyStatement : IMoneyStatement
{
    public Type Command => typeof(FaultyCommand);

    public Task<Decision[]> ExecuteAsync(BankDb db, Batch batch) =>
        Task.FromResult<Decision[]>([new Decision { Ordinal = long.MaxValue, Outcome = Decision.Posted }]);
}

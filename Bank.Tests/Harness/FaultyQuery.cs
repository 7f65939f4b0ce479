using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Tests.Harness;

/// <summary>A statement with a fault of its own: it answers for commands that are not in its batch.</summary>
sealed class FaultyQuery : IMoneyQuery
{
    public Type Command => typeof(FaultyCommand);

    public Task<PostingRow[]> ExecuteAsync(BankDb db, CommandGroup group) =>
        Task.FromResult<PostingRow[]>([new PostingRow { Ordinal = long.MaxValue, Outcome = PostingRow.Posted }]);
}

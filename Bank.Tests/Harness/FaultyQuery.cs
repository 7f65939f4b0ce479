using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Tests.Harness;

/// <summary>A query with a bug: it returns a row for a command that is not in its group.</summary>
sealed class FaultyQuery : IMoneyQuery
{
    public string Name => "faulty";

    public Task<PostingRow[]> ExecuteAsync(BankDb db, CommandGroup group) =>
        Task.FromResult<PostingRow[]>(
            [new PostingRow { Ordinal = long.MaxValue, Outcome = PostingRow.Posted }]);
}

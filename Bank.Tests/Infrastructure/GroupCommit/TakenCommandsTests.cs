using Bank.Features.Transfers;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.GroupCommit;

public sealed class TakenCommandsTests
{
    readonly TakenCommands taken = new();

    [Fact]
    public void All_transactions_of_a_command_are_taken_with_it()
    {
        var batch = BatchTransferQuery.Command(1, new([new(1, 2, 1m), new(2, 3, 1m)])).ToPending();
        var transfer = TransferQuery.Command(1, new(1, 2, 1m)).ToPending();
        Guid[] ids = [batch.Id, BatchIds.At(batch.Id, 1), transfer.Id];

        using (taken.Add([batch, transfer]))
        {
            ids.ShouldAllBe(id => taken.Contains(id));
            taken.Contains(BatchIds.New()).ShouldBeFalse();
            taken.Contains(BatchIds.At(transfer.Id, BatchIds.NumberOf(transfer.Id) ^ 1)).ShouldBeFalse();
        }

        ids.ShouldAllBe(id => !taken.Contains(id));
    }
}

using Bank.Features.Batches;
using Bank.Features.Transfers;
using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Ledger;

public sealed class UnsettledCommandsTests
{
    readonly UnsettledCommands unsettled = new();

    [Fact]
    public void Every_transaction_of_a_command_is_unsettled_as_long_as_the_command_is()
    {
        var batch = new PostBatchCommand(1, [new(1, 2, 1m), new(2, 3, 1m)]).Pending();
        var transfer = new TransferCommand(1, 1, 2, 1m).Pending();
        Guid[] ids = [batch.Id, NumberedIds.At(batch.Id, 1), transfer.Id];

        using (unsettled.Add([batch, transfer]))
        {
            ids.ShouldAllBe(id => unsettled.Contains(id));
            unsettled.Contains(NumberedIds.New()).ShouldBeFalse();
            unsettled.Contains(NumberedIds.At(transfer.Id, NumberedIds.NumberOf(transfer.Id) ^ 1)).ShouldBeFalse();
        }

        ids.ShouldAllBe(id => !unsettled.Contains(id));
    }
}

using Bank.Features.Deposits;
using Bank.Features.Transfers;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Idempotency;
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

    [Fact]
    public void Outcome_is_asked_for_by_the_command_that_came_first()
    {
        var time = new SteppedTime();
        var key = new IdempotencyKey(1, "key", "", "");

        // Ids of one millisecond are in no order, and a clock may be set back.
        for (var turn = 0; turn < 20; turn++)
        {
            var first = Pending();
            time.Advance(TimeSpan.FromMicroseconds(1));
            var second = Pending();

            using (taken.Add([second]))
            using (taken.Add([first]))
                taken.FirstIdOf(second).ShouldBe(first.Id);
        }

        PendingCommand Pending() => new(
            DepositQuery.Command(1, new(1, 1m)), key, new CommandSet(1, TimeSpan.FromMinutes(1), time));
    }
}

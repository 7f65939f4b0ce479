using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Ledger;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>A row that commands wait for because another session has locked it.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Number">Its id, or that of its owner.</param>
/// <param name="Name">What else it is found by, if anything.</param>
readonly record struct LockedRow(string Table, long Number, string? Name = null)
{
    public static LockedRow Account(long id) => new("accounts", id);

    public static LockedRow Hold(Guid id) => new("holds", 0, id.ToString());

    public static LockedRow Key(IdempotencyKey key) => new("idempotency_keys", key.UserId, key.Key);

    /// <summary>Some row of a command that posts many transactions.</summary>
    public static LockedRow AnyOf(Guid command) => new("", 0, command.ToString());

    /// <summary>The row that an undecided command waits for; null if it only has to be tried again.</summary>
    public static LockedRow? Of(PendingCommand command, PostingRow row) => row switch
    {
        { Outcome: PostingRow.KeyLocked } => Key(command.Key!),
        { Outcome: PostingRow.HoldLocked } => Hold(command.Command.HoldId!.Value),
        { Outcome: PostingRow.HoldExpired } => Account(row.BusyId ?? command.Command.From!.Value),
        { BusyId: { } account } => Account(account),
        _ => null,
    };
}

namespace Bank.Tests.Model;

/// <summary>
/// A request of a caller. A deposit has no source and a withdrawal no target. An operation without an amount
/// closes its source account. A capture or a release names only its hold; a release has no amount. A refund
/// names its original transaction; without an amount it refunds the rest. A transfer with a next one is the
/// first of a batch. Callers, accounts, holds, transactions and keys are numbers.
/// </summary>
sealed record Operation(
    int Caller, int? From, int? To, decimal Amount, int? Key, bool IsHold = false, int? Hold = null,
    int? Original = null, Operation? Next = null)
{
    public bool IsTransfer => From is not null && To is not null;

    /// <summary>The transfers of a batch.</summary>
    public IEnumerable<Operation> Batch => (Next?.Batch ?? []).Prepend(this with { Key = null, Next = null });

    public bool IsClose => Amount == 0 && Hold is null && Original is null;

    public bool IsRelease => Amount == 0 && Hold is not null;
}

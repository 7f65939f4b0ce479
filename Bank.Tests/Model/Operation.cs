namespace Bank.Tests.Model;

/// <summary>
/// What a caller asks of the bank. A deposit comes from nowhere, a withdrawal goes to nowhere, and what moves
/// no amount closes the account that it comes from. What settles a hold names it and nothing else, and without
/// an amount releases it; a refund names what it sends back, and without an amount sends all that is left. A
/// transfer that has a next one is the first of a batch.
/// Callers, accounts, holds, transactions and keys go by numbers.
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

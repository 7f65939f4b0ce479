namespace Bank.Tests.Model;

/// <summary>
/// What became of an operation, and how it left the accounts if it was posted; of a batch, what each of its
/// transfers left, or which of them was refused.
/// </summary>
sealed record OperationResult(
    string Outcome, Entry? From = null, Entry? To = null, bool IsReplay = false, int Index = 0,
    OperationResult? Next = null);

namespace Bank.Tests.Model;

/// <summary>
/// The result of an operation: its outcome, and the accounts after it if it was posted. The result of a batch
/// has these for each transfer, or the index of the refused one.
/// </summary>
sealed record OperationResult(
    string Outcome, Entry? From = null, Entry? To = null, bool IsReplay = false, int Index = 0,
    OperationResult? Next = null);

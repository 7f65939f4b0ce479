namespace Bank.Tests.Model;

/// <summary>
/// What became of an operation, and how it left the accounts if it was posted; of a batch, what each of its
/// transfers left, or which of them was refused.
/// </summary>
sealed record Answer(
    string Outcome, Entry? From = null, Entry? To = null, bool IsRepeat = false, int Index = 0,
    Answer? Next = null);

namespace Bank.Features.LiveHistory;

/// <summary>The end of an account's history.</summary>
/// <param name="Sequence">The sequence of the last transaction; 0 without any.</param>
/// <param name="IsClosed">Whether the account is closed, so that no transaction will follow.</param>
sealed record LiveHistoryEnd(long Sequence, bool IsClosed);

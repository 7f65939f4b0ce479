namespace Bank.Features.LiveHistory;

/// <summary>How far the history of an account is.</summary>
/// <param name="Sequence">That of its last transaction; 0 without any.</param>
/// <param name="IsClosed">Whether nothing more will come.</param>
sealed record LiveHistoryEnd(long Sequence, bool IsClosed);

namespace Bank.Features.History;

/// <summary>A page that is asked for: the last of a range of an account's transactions.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="UserId">Who asks.</param>
/// <param name="Low">The first sequence that it may have.</param>
/// <param name="High">The last one.</param>
/// <param name="Size">How many transactions it has at most.</param>
readonly record struct HistoryPage(long AccountId, long UserId, long Low, long High, int Size);

namespace Bank.Features.Refunds;

/// <summary>A transaction that is asked to be sent back.</summary>
/// <param name="Id">Its id.</param>
/// <param name="From">The account that paid; null where it came from outside.</param>
/// <param name="To">The account that received; null where it went outside.</param>
sealed record RefundOriginal(Guid Id, long? From, long? To);

namespace Bank.Features.Refunds;

/// <summary>The transaction to refund.</summary>
/// <param name="Id">Its id.</param>
/// <param name="From">The account that paid; null where the money came from outside.</param>
/// <param name="To">The account that received; null where the money went outside.</param>
/// <param name="Currency">The currency of its accounts; null without one.</param>
sealed record RefundOriginal(Guid Id, long? From, long? To, string? Currency = null);

namespace Bank.Features.Withdrawals;

/// <summary>Pays money out of one of the caller's accounts.</summary>
sealed record WithdrawalCommand(long CallerId, long AccountId, decimal Amount);

namespace Bank.Features.Deposits;

/// <summary>Pays money from outside into one of the caller's accounts.</summary>
sealed record DepositCommand(long CallerId, long AccountId, decimal Amount);

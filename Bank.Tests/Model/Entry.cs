namespace Bank.Tests.Model;

/// <summary>An account after a transaction.</summary>
sealed record Entry(decimal Balance, long Version);

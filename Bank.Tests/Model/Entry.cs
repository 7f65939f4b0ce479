namespace Bank.Tests.Model;

/// <summary>How a transaction left an account.</summary>
sealed record Entry(decimal Balance, long Version);

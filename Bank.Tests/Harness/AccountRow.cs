namespace Bank.Tests.Harness;

/// <summary>An account row, with the number of transactions that name it.</summary>
public sealed record AccountRow(long Id, decimal Balance, long Version, long Transactions);

namespace Bank.Tests.Harness;

/// <summary>An account as the database has it, and how many rows of the ledger name it.</summary>
public sealed record AccountRow(long Id, decimal Balance, long Version, long Transactions);

namespace Bank.Tests.Harness;

/// <summary>A row of the ledger.</summary>
public sealed record TransactionRow(
    Guid Id, long? From, long? To, decimal Amount,
    decimal? FromBalance, decimal? ToBalance, long? FromVersion, long? ToVersion);

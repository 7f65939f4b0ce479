namespace Bank.Tests.Model;

/// <summary>An account of the model.</summary>
sealed record AccountState(int Owner, decimal Balance, long Version = 0, bool IsClosed = false)
{
    public AccountState Change(decimal amount) =>
        this with { Balance = Balance + amount, Version = Version + 1 };
}

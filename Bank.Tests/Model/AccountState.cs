namespace Bank.Tests.Model;

/// <summary>An account of the model.</summary>
sealed record AccountState(
    int Owner, decimal Balance, decimal Held = 0, long Version = 0, bool IsClosed = false)
{
    public decimal Available => Balance - Held;

    public AccountState Change(decimal amount) =>
        this with { Balance = Balance + amount, Version = Version + 1 };

    public AccountState Hold(decimal amount) => this with { Held = Held + amount };
}

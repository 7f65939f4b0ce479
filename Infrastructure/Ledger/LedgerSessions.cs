using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Ledger;

/// <summary>Lends the group commit its connections.</summary>
sealed class LedgerSessions(ConnectionPools pools)
{
    public LedgerSession Begin() => new(new BankDb(pools.Ledger, staysOpen: true));

    /// <summary>
    /// Drops the idle connections of the pool, which are as lost as the one that was in use.
    /// </summary>
    public void Forget() => pools.Ledger.Clear();
}

using Bank.Infrastructure.Connections;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>Lends the group commit its connections.</summary>
sealed class LedgerSessions(ConnectionPools pools)
{
    /// <exception cref="Npgsql.NpgsqlException">Of several hosts, none is known to be the primary.</exception>
    public LedgerSession Begin() => new(pools.Current);

    /// <summary>
    /// Drops the idle connections to a host, which are as lost as the one that was in use.
    /// </summary>
    public static void Forget(DatabaseHost host) => host.Ledger.Clear();
}

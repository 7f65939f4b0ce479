using Npgsql;

namespace Bank.Infrastructure.Ledger;

/// <summary>Lends the group commit its connections.</summary>
sealed class LedgerSessions(IServiceScopeFactory scopes, NpgsqlDataSource pool)
{
    public LedgerSession Begin() => new(scopes.CreateAsyncScope());

    /// <summary>
    /// Drops the idle connections of the pool, which are as lost as the one that was in use.
    /// </summary>
    public void Forget() => pool.Clear();
}

using Bank.Infrastructure.Connections;
using Microsoft.Extensions.ObjectPool;

namespace Bank.Infrastructure.Data;

/// <summary>
/// Rents out a <see cref="BankDb"/>, whose disposal returns it. Each belongs to one host, so that none of a
/// host that is no longer the primary is rented again.
/// </summary>
sealed class BankDbPool(ConnectionPools pools)
{
    readonly Dictionary<DatabaseHost, HostDbs> byHost =
        pools.Hosts.ToDictionary(host => host, host => new HostDbs(host));

    /// <summary>One at the current primary; without a primary, one whose first query fails.</summary>
    public BankDb Rent() =>
        pools.CurrentOrNone is { } host ? byHost[host].Idle.Get() : new BankDb(() => pools.General);

    sealed class HostDbs : PooledObjectPolicy<BankDb>
    {
        readonly DatabaseHost host;

        public HostDbs(DatabaseHost host)
        {
            this.host = host;
            Idle = new DefaultObjectPool<BankDb>(this, maximumRetained: 1024);
        }

        public ObjectPool<BankDb> Idle { get; }

        public override BankDb Create() => new(() => host.General, pool: Idle, queue: host.GeneralQueue);

        public override bool Return(BankDb obj) => true;
    }
}

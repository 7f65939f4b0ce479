using Bank.Infrastructure.Connections;
using Microsoft.Extensions.ObjectPool;

namespace Bank.Infrastructure.Data;

/// <summary>
/// Lends everyone who reads a <see cref="BankDb"/>, whose disposal gives it back. Each keeps to a host, so that
/// they are kept apart: one of a host that was left is lent to nobody.
/// </summary>
sealed class BankDbPool(ConnectionPools pools)
{
    readonly Dictionary<DatabaseHost, HostDbs> byHost =
        pools.Hosts.ToDictionary(host => host, host => new HostDbs(host));

    /// <summary>One at the host that is served from; without any, one that finds none when it is used.</summary>
    public BankDb Lend() => pools.CurrentOrNone is { } host ? byHost[host].Idle.Get() : new BankDb(() => pools.Reads);

    sealed class HostDbs : PooledObjectPolicy<BankDb>
    {
        readonly DatabaseHost host;

        public HostDbs(DatabaseHost host)
        {
            this.host = host;
            Idle = new DefaultObjectPool<BankDb>(this, maximumRetained: 1024);
        }

        public ObjectPool<BankDb> Idle { get; }

        public override BankDb Create() => new(() => host.Reads, home: Idle);

        public override bool Return(BankDb obj) => true;
    }
}

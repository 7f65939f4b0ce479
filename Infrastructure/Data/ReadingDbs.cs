using Microsoft.Extensions.ObjectPool;

namespace Bank.Infrastructure.Data;

/// <summary>Lends everyone who reads a <see cref="BankDb"/>, whose disposal gives it back.</summary>
sealed class ReadingDbs(ConnectionPools pools) : PooledObjectPolicy<BankDb>
{
    ObjectPool<BankDb>? idle;

    ObjectPool<BankDb> Idle => idle ?? Interlocked.CompareExchange(
        ref idle, new DefaultObjectPool<BankDb>(this, maximumRetained: 1024), null) ?? idle;

    public BankDb Lend() => Idle.Get();

    public override BankDb Create() => new(() => pools.Reads, home: Idle);

    public override bool Return(BankDb obj) => true;
}

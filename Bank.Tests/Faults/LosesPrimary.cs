using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>One pair of servers for all that lose one of them.</summary>
[CollectionDefinition("Failover")]
public sealed class LosesPrimary : ICollectionFixture<ReplicatedPostgres>;

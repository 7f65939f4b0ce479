using Bank.Infrastructure.Ledger;

namespace Bank.Tests.Harness;

/// <summary>What a <see cref="FaultyQuery"/> is to post.</summary>
sealed class FaultyCommand(long callerId, long to) : MoneyCommand(callerId, null, to, 1m);

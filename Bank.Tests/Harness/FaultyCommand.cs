using Bank.Infrastructure.Ledger;

namespace Bank.Tests.Harness;

/// <summary>The command of <see cref="FaultyQuery"/>.</summary>
sealed class FaultyCommand(long callerId, long to) : MoneyCommand(callerId, null, to, 1m);

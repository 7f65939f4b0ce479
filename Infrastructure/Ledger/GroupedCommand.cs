using Bank.Infrastructure.Idempotency;

namespace Bank.Infrastructure.Ledger;

/// <summary>A command that a group posts.</summary>
/// <param name="Id">The id that its transaction gets, or the first of its transactions: a UUIDv7.</param>
/// <param name="Command">The command.</param>
/// <param name="Key">The idempotency key, if the caller sent one.</param>
readonly record struct GroupedCommand(Guid Id, MoneyCommand Command, IdempotencyKey? Key);

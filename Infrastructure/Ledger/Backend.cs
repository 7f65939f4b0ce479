using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Ledger;

/// <summary>The server's side of a connection: a process of one of the hosts.</summary>
readonly record struct Backend(DatabaseHost Host, int ProcessId);

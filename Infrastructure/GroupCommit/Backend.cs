using Bank.Infrastructure.Connections;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>The server's side of a connection: a process of one of the hosts.</summary>
readonly record struct Backend(DatabaseHost Host, int ProcessId);

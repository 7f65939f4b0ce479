using Bank.Infrastructure.Connections;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>The server process that serves a connection, on one of the hosts.</summary>
readonly record struct Backend(DatabaseHost Host, int ProcessId);

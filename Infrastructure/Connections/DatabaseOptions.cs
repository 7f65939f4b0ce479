using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.Connections;

/// <summary>How the database is used; the section <c>Database</c> of the configuration.</summary>
[Section("Database")]
sealed class DatabaseOptions
{
    /// <summary>Whether start-up brings the schema up to date.</summary>
    public bool MigrateOnStart { get; init; } = true;

    /// <summary>How long start-up waits for a database that does not answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a money movement may take until its outcome is known, waiting for an unreachable database
    /// included. After that the caller gets a 503.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan CommitTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The maximum number of connections for money: for the queries in flight, for those in the background,
    /// and for looking up commands in doubt.
    /// </summary>
    [Range(1, 1000)]
    public int LedgerConnections { get; init; } = 16;

    /// <summary>
    /// The maximum number of connections for everything else. A request that waits for one for longer than a
    /// quarter of <see cref="CommitTimeout"/> gets a 503.
    /// </summary>
    [Range(1, 1000), FormerKey("ReadConnections")]
    public int GeneralConnections { get; init; } = 24;

    /// <summary>
    /// How long one query may run. The API and the server use the same limit, so that a query does not
    /// outlive a lost connection for longer.
    /// </summary>
    public TimeSpan StatementTimeout =>
        TimeSpan.FromSeconds(Math.Max(1, (int)(CommitTimeout.TotalSeconds / 2)));

    /// <summary>How long a caller waits for a connection, and the API for the server to accept one.</summary>
    public TimeSpan ConnectTimeout =>
        TimeSpan.FromSeconds(Math.Max(1, (int)(CommitTimeout.TotalSeconds / 4)));

    /// <summary>
    /// How long the API waits for a money query: a little longer than the server lets it run, so that the
    /// server reports the timeout of a query that was merely slow.
    /// </summary>
    public TimeSpan StatementDeadline => StatementTimeout + TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long a query waits for a row that another session has locked, and how long a money query runs
    /// before it moves to the background: far longer than any healthy query of the API takes.
    /// </summary>
    public TimeSpan LockTimeout => CommitTimeout / 20;

    /// <summary>
    /// How long a money query waits for a lock that it cannot skip: of an idempotency key or a transaction
    /// that another session writes. Adding a page to a table takes less.
    /// </summary>
    public TimeSpan LedgerLockTimeout =>
        TimeSpan.FromMilliseconds(Math.Max(20, CommitTimeout.TotalMilliseconds / 500));
}

using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.Connections;

/// <summary>How the database is used; the section <c>Database</c> of the configuration.</summary>
sealed class DatabaseOptions
{
    /// <summary>Whether start-up brings the schema up to date; true unless it is configured.</summary>
    public bool MigrateOnStart { get; init; } = true;

    /// <summary>How long start-up waits for a database that does not answer yet.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", ErrorMessage = Settings.Duration)]
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a money movement may take until its outcome is known, waiting for a database that went away
    /// included. Past it the caller gets a 503.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = Settings.Duration)]
    public TimeSpan CommitTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The most connections for money: each slice has a statement or two on their way, and some beside while
    /// connections are lost.
    /// </summary>
    [Range(1, 1000)]
    public int LedgerConnections { get; init; } = 16;

    /// <summary>
    /// The most connections for everything else. Who waits for one for longer than a quarter of
    /// <see cref="CommitTimeout"/> gets a 503.
    /// </summary>
    [Range(1, 1000), FormerKey("ReadConnections")]
    public int GeneralConnections { get; init; } = 24;

    /// <summary>
    /// How long one statement may run, for the API and for the server alike, so that a statement whose
    /// connection was lost does not outlive the loss by more.
    /// </summary>
    public TimeSpan StatementTimeout =>
        TimeSpan.FromSeconds(Math.Max(1, (int)(CommitTimeout.TotalSeconds / 2)));

    /// <summary>
    /// How long a money statement is waited for: a little longer than the server lets it run, so that what only
    /// took too long is said by the server.
    /// </summary>
    public TimeSpan StatementDeadline => StatementTimeout + TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long a statement waits for a row that someone else has locked: far longer than any of ours takes,
    /// and short enough to find the one account that is held among those of the largest batch, half by half.
    /// </summary>
    public TimeSpan LockTimeout => CommitTimeout / 20;
}

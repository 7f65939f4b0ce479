namespace Bank.Infrastructure.Data;

/// <summary>How the database is used; the section <c>Database</c> of the configuration.</summary>
sealed class DatabaseOptions
{
    /// <summary>Whether start-up brings the schema up to date; true unless it is configured.</summary>
    public bool MigrateOnStart { get; init; } = true;

    /// <summary>How long start-up waits for a database that does not answer yet.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a money movement may take until its outcome is known, waiting for a database that went away
    /// included. Past it the caller gets a 503.
    /// </summary>
    public TimeSpan CommitTimeout { get; init; } = TimeSpan.FromSeconds(10);
}

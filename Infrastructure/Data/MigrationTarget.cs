using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>
/// Where FluentMigrator's runner works. It is the session with the advisory lock: once the lock is lost, so
/// is the migration.
/// </summary>
sealed class MigrationTarget
{
    /// <summary>An open connection; null to let the runner open one of its own.</summary>
    public NpgsqlConnection? Session { get; set; }

    /// <summary>The schema of the tables.</summary>
    public string Schema { get; set; } = "public";
}

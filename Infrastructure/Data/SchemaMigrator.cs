using System.Data;
using System.Reflection;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Connections;
using FluentMigrator;
using FluentMigrator.Runner;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>
/// Brings the schema up to date. Instances that start at the same time take turns by an advisory lock of the
/// schema, on the session that the migrations run on.
/// </summary>
sealed partial class SchemaMigrator(
    IServiceScopeFactory scopes, LockWaits locks, TimeProvider time, ILogger<SchemaMigrator> log)
{
    /// <summary>The key of the advisory lock; any number that nothing else in the database uses.</summary>
    const int AdvisoryLock = 0x42414E4B;

    /// <summary>
    /// Takes the turn without waiting: a query that waits has a snapshot, and an index that another instance
    /// builds meanwhile would wait for its end. Earlier builds have one lock for the whole database.
    /// </summary>
    const string TryLockSql =
        """
        SELECT pg_try_advisory_lock_shared($1::bigint) AND pg_try_advisory_lock($1, oid::int)
        FROM pg_namespace
        WHERE nspname = $2
        """;

    /// <summary>Who has the turn.</summary>
    const string LockHolderSql =
        """
        SELECT string_agg(concat('process ', pid, ' of ', usename, ' (', application_name, ')'), ' and ')
        FROM pg_locks
        JOIN pg_stat_activity USING (pid)
        WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()
          AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND (classid = 0 AND objid = $1::oid AND mode = 'ExclusiveLock'
               OR classid = $1::oid AND objid = (SELECT oid FROM pg_namespace WHERE nspname = $2))
        """;

    /// <summary>
    /// Earlier builds recorded the migrations in <c>public</c>, also where the tables are in another schema.
    /// </summary>
    const string FindStrayRecordSql =
        """
        WITH present AS (
            SELECT nspname::text, relname::text
            FROM pg_class
            JOIN pg_namespace ON pg_namespace.oid = relnamespace
        )
        SELECT format('ALTER TABLE public."VersionInfo" SET SCHEMA %I', $1)
        WHERE ($1, 'transactions') IN (SELECT nspname, relname FROM present)
          AND ($1, 'VersionInfo') NOT IN (SELECT nspname, relname FROM present)
          AND ('public', 'VersionInfo') IN (SELECT nspname, relname FROM present)
          AND ('public', 'transactions') NOT IN (SELECT nspname, relname FROM present)
        """;

    const string HasRecordSql = """SELECT to_regclass('"VersionInfo"') IS NOT NULL""";
    const string AppliedSql = """SELECT array_agg("Version") FROM "VersionInfo" """;

    static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>The migrations of this build, in their order.</summary>
    static readonly MigrationAttribute[] Migrations =
    [
        .. typeof(SchemaMigrator).Assembly.GetTypes()
            .Select(type => type.GetCustomAttribute<MigrationAttribute>())
            .OfType<MigrationAttribute>().OrderBy(migration => migration.Version),
    ];

    readonly LogThrottle throttle = new(time, TimeSpan.FromSeconds(5));

    /// <summary>The version of the newest migration in this build.</summary>
    public static long NewestVersion { get; } = Migrations[^1].Version;

    /// <summary>Runs what is missing, and then the grants, unless a newer build has migrated.</summary>
    /// <param name="session">A session of the owner that searches the schema; it keeps the lock.</param>
    /// <param name="connectionString">How to open another session like it.</param>
    /// <param name="schema">The schema of the tables.</param>
    /// <param name="grant">Grants the API's role what it does.</param>
    /// <param name="ct">Cancels the wait for another instance.</param>
    /// <exception cref="StartupException">The owner lacks a right; the message names it.</exception>
    /// <exception cref="NpgsqlException">A migration was refused, or the session was lost.</exception>
    public async Task MigrateAsync(
        NpgsqlConnection session, string connectionString, string schema, Func<Task> grant,
        CancellationToken ct)
    {
        await TakeTurnAsync(session, schema, ct);

        if (await session.ScalarAsync<string>(FindStrayRecordSql, ct, schema) is { } move)
            await RunAsync("Moving the record of the migrations", false,
                () => session.ScalarAsync<object>(move, ct));

        var applied = await session.ScalarAsync<bool>(HasRecordSql, ct)
            ? await session.ScalarAsync<long[]>(AppliedSql, ct) ?? []
            : [];
        var missing = Migrations.Where(migration => !applied.Contains(migration.Version)).ToArray();

        if (missing.Length > 0)
            await MigrationRights.CheckAsync(session, schema, ct);

        foreach (var migration in missing)
            await RunAsync(
                $"Migration {migration.Version} ({migration.Description})",
                migration.TransactionBehavior == TransactionBehavior.None,
                () => { Apply(migration, session, schema); return Task.CompletedTask; });

        if (applied.All(version => version <= NewestVersion))
            await RunAsync("Granting", false, grant);

        Task RunAsync(string name, bool blocksNobody, Func<Task> change) =>
            locks.RunAsync(session, connectionString, name, blocksNobody, change, ct);
    }

    /// <summary>Applies one migration, and fails if the session, and the lock with it, is lost.</summary>
    void Apply(MigrationAttribute migration, NpgsqlConnection session, string schema)
    {
        using var scope = scopes.CreateScope();
        var target = scope.ServiceProvider.GetRequiredService<MigrationTarget>();
        (target.Session, target.Schema) = (session, schema);

        try
        {
            scope.ServiceProvider.GetRequiredService<IMigrationRunner>().MigrateUp(migration.Version);
        }
        catch (Exception failure) when (session.State != ConnectionState.Open)
        {
            throw new NpgsqlException(
                $"Lost the session of the migrations: {failure.GetBaseException().Message}");
        }
    }

    async Task TakeTurnAsync(NpgsqlConnection session, string schema, CancellationToken ct)
    {
        while (!await session.ScalarAsync<bool>(TryLockSql, ct, AdvisoryLock, schema))
        {
            if (throttle.TryPass(out _))
                LogTurn(
                    await session.ScalarAsync<string>(LockHolderSql, ct, AdvisoryLock, schema)
                    ?? "another session");

            await Task.Delay(RetryInterval, time, ct);
        }
    }

    [LoggerMessage(28, LogLevel.Information, "Waits for {Holder}, which migrates the same schema")]
    partial void LogTurn(string holder);
}

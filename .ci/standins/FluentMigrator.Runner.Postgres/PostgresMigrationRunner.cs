using FluentMigrator.Runner.Exceptions;
using FluentMigrator.Runner.Initialization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace FluentMigrator.Runner;

/// <summary>Applies migrations, each in a transaction of its own, and notes them in public."VersionInfo".</summary>
internal sealed class PostgresMigrationRunner(
    MigrationSource source,
    GlobalConnectionString connectionString,
    IServiceProvider services) : IMigrationRunner, IDisposable
{
    private readonly NpgsqlConnection connection = new(connectionString.Value);
    private HashSet<long>? applied;

    public void MigrateUp() => MigrateUp(long.MaxValue);

    public void MigrateUp(long version)
    {
        try
        {
            Open();
        }
        catch (Exception exception)
        {
            throw new UndeterminableConnectionException("Failed to establish database connection.", exception);
        }

        foreach (var (attribute, type) in source.Migrations.Values.Where(step => IsToApply(step.Attribute, version)))
            Apply(attribute, Create(type), isUp: true);
    }

    public void MigrateDown(long version)
    {
        var steps = source.Migrations.Values
            .Where(step => step.Attribute.Version > version && Applied().Contains(step.Attribute.Version));

        foreach (var (attribute, type) in steps.Reverse().ToList())
            Apply(attribute, Create(type), isUp: false);
    }

    public bool HasMigrationsToApplyUp(long? version = null) =>
        source.Migrations.Values.Any(step => IsToApply(step.Attribute, version ?? long.MaxValue));

    public void Dispose() => connection.Dispose();

    private bool IsToApply(MigrationAttribute migration, long upTo) =>
        migration.Version <= upTo && !Applied().Contains(migration.Version);

    private Migration Create(Type type) => (Migration)ActivatorUtilities.CreateInstance(services, type);

    private void Apply(MigrationAttribute attribute, Migration migration, bool isUp)
    {
        using var transaction = attribute.TransactionBehavior == TransactionBehavior.Default
            ? connection.BeginTransaction()
            : null;

        foreach (var statement in migration.Statements(isUp ? migration.Up : migration.Down))
            Run(statement);

        Note(attribute.Version, attribute.Description ?? migration.GetType().Name, isUp);
        transaction?.Commit();
        if (isUp)
            Applied().Add(attribute.Version);
        else
            Applied().Remove(attribute.Version);
    }

    private void Note(long version, string description, bool isUp)
    {
        using var command = new NpgsqlCommand(
            isUp
                ? """
                  INSERT INTO public."VersionInfo" ("Version", "AppliedOn", "Description")
                  VALUES ($1, now() AT TIME ZONE 'UTC', $2)
                  """
                : """DELETE FROM public."VersionInfo" WHERE "Version" = $1""",
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = version });
        if (isUp)
            command.Parameters.Add(new NpgsqlParameter { Value = description });
        command.ExecuteNonQuery();
    }

    /// <summary>The versions applied, read once; the table is made first where there is none.</summary>
    private HashSet<long> Applied()
    {
        if (applied is not null)
            return applied;

        Open();
        using var exists = new NpgsqlCommand("""SELECT to_regclass('public."VersionInfo"') IS NOT NULL""", connection);
        if (exists.ExecuteScalar() is false)
        {
            Run("""
                CREATE TABLE public."VersionInfo" (
                    "Version" bigint NOT NULL,
                    "AppliedOn" timestamp,
                    "Description" varchar(1024));
                CREATE UNIQUE INDEX "UC_Version" ON public."VersionInfo" ("Version");
                """);
        }

        using var versions = new NpgsqlCommand("""SELECT "Version" FROM public."VersionInfo" """, connection);
        using var reader = versions.ExecuteReader();
        applied = [];
        while (reader.Read())
            applied.Add(reader.GetInt64(0));

        return applied;
    }

    private void Open()
    {
        if (connection.State == System.Data.ConnectionState.Closed)
            connection.Open();
    }

    private void Run(string sql)
    {
        try
        {
            using var command = new NpgsqlCommand(sql, connection);
            command.ExecuteNonQuery();
        }
        catch (Exception exception)
        {
            throw new Exception(
                $"An error occurred executing the following sql:\n{sql}\nThe error was {exception.Message}\n", exception);
        }
    }
}

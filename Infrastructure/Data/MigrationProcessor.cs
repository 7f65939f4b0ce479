using FluentMigrator.Runner.Generators.Postgres;
using FluentMigrator.Runner.Initialization;
using FluentMigrator.Runner.Processors;
using FluentMigrator.Runner.Processors.Postgres;
using Microsoft.Extensions.Options;

namespace Bank.Infrastructure.Data;

/// <summary>Lets FluentMigrator run on the session that holds the advisory lock.</summary>
sealed class MigrationProcessor : Postgres15_0Processor
{
    readonly MigrationTarget target;

    public MigrationProcessor(
        PostgresDbFactory factory, Postgres15_0Generator generator, ILogger<Postgres15_0Processor> log,
        IOptionsSnapshot<ProcessorOptions> options, IConnectionStringAccessor connectionString,
        PostgresOptions postgres, MigrationTarget target)
        : base(factory, generator, log, options, connectionString, postgres)
    {
        this.target = target;

        if (target.Session is { } connection)
            Connection = connection;
    }

    /// <summary>
    /// It exists: start-up has found it. <c>information_schema</c> has only the schemas that the role owns.
    /// </summary>
    public override bool SchemaExists(string schemaName) => true;

    /// <summary>The session stays open after the migration and keeps its lock.</summary>
    protected override void Dispose(bool isDisposing)
    {
        if (target.Session is null)
            base.Dispose(isDisposing);
        else
            RollbackTransaction();
    }
}

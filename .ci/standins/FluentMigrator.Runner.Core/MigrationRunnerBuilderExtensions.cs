using System.Reflection;
using FluentMigrator.Runner;
using FluentMigrator.Runner.Exceptions;
using FluentMigrator.Runner.Initialization;
using Microsoft.Extensions.DependencyInjection;

namespace FluentMigrator.Runner
{
    public interface IMigrationRunnerBuilder
    {
        IServiceCollection Services { get; }
    }

    public static class MigrationRunnerBuilderExtensions
    {
        public static IMigrationRunnerBuilder WithGlobalConnectionString(
            this IMigrationRunnerBuilder builder, string connectionStringOrName) =>
            builder.WithGlobalConnectionString(_ => connectionStringOrName);

        public static IMigrationRunnerBuilder WithGlobalConnectionString(
            this IMigrationRunnerBuilder builder, Func<IServiceProvider, string> configureConnectionString)
        {
            builder.Services.AddSingleton(services => new GlobalConnectionString(configureConnectionString(services)));

            return builder;
        }

        public static IScanInBuilder ScanIn(this IMigrationRunnerBuilder builder, params Assembly[] assemblies) =>
            new ScanInBuilder(builder, assemblies);
    }

    internal sealed record GlobalConnectionString(string Value);
}

namespace FluentMigrator.Runner.Initialization
{
    public interface IScanInBuilder : IMigrationRunnerBuilder
    {
        IScanInForBuilder For { get; }
    }

    public interface IScanInForBuilder
    {
        IScanInBuilder Migrations();
    }

    internal sealed class ScanInBuilder(IMigrationRunnerBuilder builder, Assembly[] assemblies)
        : IScanInBuilder, IScanInForBuilder
    {
        public IServiceCollection Services => builder.Services;

        public IScanInForBuilder For => this;

        public IScanInBuilder Migrations()
        {
            Services.AddSingleton(_ => new MigrationSource(assemblies));

            return this;
        }
    }

    /// <summary>The migrations by version. Like the published one it sees public classes only.</summary>
    internal sealed class MigrationSource
    {
        public MigrationSource(Assembly[] assemblies)
        {
            foreach (var type in assemblies.SelectMany(assembly => assembly.GetExportedTypes()))
            {
                if (type.IsAbstract || !type.IsSubclassOf(typeof(Migration))
                    || type.GetCustomAttribute<MigrationAttribute>() is not { } attribute)
                {
                    continue;
                }

                if (!Migrations.TryAdd(attribute.Version, (attribute, type)))
                    throw new DuplicateMigrationException($"Duplicate migration version {attribute.Version}.");
            }

            if (Migrations.Count == 0)
                throw new MissingMigrationsException("No migrations found");
        }

        public SortedList<long, (MigrationAttribute Attribute, Type Type)> Migrations { get; } = [];
    }
}

namespace Microsoft.Extensions.DependencyInjection
{
    public static class FluentMigratorServiceCollectionExtensions
    {
        public static IServiceCollection AddFluentMigratorCore(this IServiceCollection services) => services;

        public static IServiceCollection ConfigureRunner(
            this IServiceCollection services, Action<IMigrationRunnerBuilder> configure)
        {
            configure(new Builder(services));

            return services;
        }

        private sealed record Builder(IServiceCollection Services) : IMigrationRunnerBuilder;
    }
}

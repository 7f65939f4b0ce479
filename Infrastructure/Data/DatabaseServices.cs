using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Connections;
using FluentMigrator.Runner;
using FluentMigrator.Runner.Conventions;
using FluentMigrator.Runner.Processors.Postgres;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>Registers the connection pools, the queries and the migrations.</summary>
static class DatabaseServices
{
    /// <param name="services">The collection.</param>
    /// <param name="connectionString">How the API connects; an Npgsql connection string.</param>
    /// <param name="owner">How migrations connect, if not as the API does.</param>
    /// <param name="grants">Builds the GRANTs for the API's role.</param>
    public static IServiceCollection AddDatabase(
        this IServiceCollection services, string connectionString, string? owner = null,
        Func<string, string>? grants = null)
    {
        services.AddSettings<DatabaseOptions>().AddQueries();
        services.AddSingleton<SessionCheck>();
        services.AddSingleton(provider => new ConnectionPools(
            connectionString, provider.GetRequiredService<DatabaseOptions>(),
            provider.GetRequiredService<SessionCheck>()));
        services.AddSingleton<BankDbPool>();
        services.AddScoped(provider => provider.GetRequiredService<BankDbPool>().Rent());
        services.AddSingleton<PrimaryMonitor>();
        services.AddHostedService(provider => provider.GetRequiredService<PrimaryMonitor>());
        services.AddSingleton<DatabaseOutageLog>();
        services.AddSingleton<DatabaseReadiness>();
        services.AddSingleton<LockWaits>();
        services.AddSingleton<SchemaMigrator>();
        services.TryAddSingleton(TimeProvider.System);

        services.AddSingleton(provider => new ApiRole(
            ForMigrations(connectionString), owner is null ? null : grants,
            provider.GetRequiredService<ILogger<ApiRole>>()));
        owner ??= connectionString;
        services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<DatabaseMigrator>(provider, ForMigrations(owner)));
        services.AddFluentMigratorCore().ConfigureRunner(runner => runner
            .AddPostgres15_0()
            .WithGlobalConnectionString(provider => provider.GetRequiredService<ConnectionPools>()
                .ForCurrentHost(ForMigrations(owner)))
            .ScanIn(typeof(DatabaseServices).Assembly).For.Migrations());
        services.AddScoped<MigrationTarget>();
        services.AddScoped<Postgres15_0Processor, MigrationProcessor>();
        services.AddScoped<IConventionSet>(provider => new DefaultConventionSet(
            provider.GetRequiredService<MigrationTarget>().Schema, workingDirectory: null));

        return services;
    }

    /// <summary>Migrating a large ledger may take any time; its connection is not pooled.</summary>
    static string ForMigrations(string connectionString) =>
        new NpgsqlConnectionStringBuilder(SessionSettings.ForMaintenance(connectionString))
        {
            CommandTimeout = 0,
            // The driver uses this string as the name of the connections, in its metrics too.
            PersistSecurityInfo = false,
            Pooling = false,
        }.ConnectionString;
}

using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Connections;
using FluentMigrator.Runner;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>Registers the connection pools, linq2db and the queries on it, and the migrations.</summary>
static class DatabaseServices
{
    /// <param name="services">Where to register.</param>
    /// <param name="connectionString">How the API connects; an Npgsql connection string.</param>
    /// <param name="owner">How migrations do, if not the same.</param>
    /// <param name="grantsTo">The statements by which the owner grants a role what the API does.</param>
    public static IServiceCollection AddDatabase(
        this IServiceCollection services, string connectionString, string? owner = null,
        Func<string, string>? grantsTo = null)
    {
        services.AddSettings<DatabaseOptions>("Database").AddQueries();
        services.AddSingleton(provider => new ConnectionPools(
            connectionString, provider.GetRequiredService<DatabaseOptions>()));
        services.AddSingleton<BankDbPool>();
        services.AddScoped(provider => provider.GetRequiredService<BankDbPool>().Rent());
        services.AddSingleton<PrimaryMonitor>();
        services.AddHostedService(provider => provider.GetRequiredService<PrimaryMonitor>());
        services.AddSingleton<DatabaseOutageLog>();
        services.AddSingleton<DatabaseReadiness>();
        services.TryAddSingleton(TimeProvider.System);

        services.AddSingleton(provider => new ApiRole(
            ForMigrations(connectionString), owner is null ? null : grantsTo,
            provider.GetRequiredService<ILogger<ApiRole>>()));
        owner ??= connectionString;
        services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<DatabaseMigrator>(provider, ForMigrations(owner)));
        services.AddFluentMigratorCore().ConfigureRunner(runner => runner
            .AddPostgres15_0()
            .WithGlobalConnectionString(provider => provider.GetRequiredService<ConnectionPools>()
                .OnCurrent(ForMigrations(owner)))
            .ScanIn(typeof(DatabaseServices).Assembly).For.Migrations());

        return services;
    }

    /// <summary>
    /// A migration of a large ledger takes as long as it takes, and its connection is no one else's.
    /// </summary>
    static string ForMigrations(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            CommandTimeout = 0,
            // The driver calls these connections by this string, in its metrics too.
            PersistSecurityInfo = false,
            Pooling = false,
        }.ConnectionString;
}

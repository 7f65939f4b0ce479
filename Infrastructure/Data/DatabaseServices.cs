using FluentMigrator.Runner;
using LinqToDB;
using LinqToDB.DataProvider.PostgreSQL;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>Registers the connection pool, linq2db and the queries on it, and the migrations.</summary>
static class DatabaseServices
{
    /// <param name="services">Where to register.</param>
    /// <param name="connectionString">An Npgsql connection string.</param>
    public static IServiceCollection AddDatabase(this IServiceCollection services, string connectionString)
    {
        services.AddSettings<DatabaseOptions>("Database").AddQueries();
        services.AddSingleton(provider => NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(connectionString)
                .ForTheLedger(provider.GetRequiredService<DatabaseOptions>())));
        services.AddSingleton(provider => new DataOptions<BankDb>(new DataOptions()
            .UsePostgreSQL(PostgreSQLVersion.v15)
            .UseMappingSchema(BankDb.Mapping)
            .UseConnectionFactory(_ => provider.GetRequiredService<NpgsqlDataSource>().CreateConnection())));
        services.AddScoped<BankDb>();

        services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<DatabaseMigrator>(provider, ForMigrations(connectionString)));
        services.AddFluentMigratorCore().ConfigureRunner(runner => runner
            .AddPostgres15_0()
            .WithGlobalConnectionString(ForMigrations(connectionString))
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
            Pooling = false,
        }.ConnectionString;

    /// <summary>
    /// The settings that every connection of the ledger has. Statements are prepared once and planned once:
    /// planning the money statements takes longer than running them, and PostgreSQL would plan them anew for
    /// every array it is given. A timed-out statement breaks its connection at once instead of waiting for a
    /// cancellation whose outcome would be as unknown. Nothing ever changes a session, so nothing is reset.
    /// </summary>
    static NpgsqlConnectionStringBuilder ForTheLedger(
        this NpgsqlConnectionStringBuilder settings, DatabaseOptions options)
    {
        settings.ApplicationName ??= "bank";
        settings.MaxAutoPrepare = 64;
        settings.AutoPrepareMinUsages = 2;
        settings.NoResetOnClose = true;
        settings.CancellationTimeout = -1;
        settings.Timeout = Math.Max(1, (int)(options.CommitTimeout.TotalSeconds / 4));
        settings.CommandTimeout = (int)options.StatementTimeout.TotalSeconds;
        settings.Options = string.Join(
            ' ', settings.Options, "-c plan_cache_mode=force_generic_plan", "-c jit=off",
            $"-c statement_timeout={options.StatementTimeout.TotalMilliseconds:F0}",
            $"-c lock_timeout={options.LockTimeout.TotalMilliseconds:F0}").Trim();

        return settings;
    }
}

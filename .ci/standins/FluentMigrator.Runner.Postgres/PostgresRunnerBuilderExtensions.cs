using Microsoft.Extensions.DependencyInjection;

namespace FluentMigrator.Runner;

public static class PostgresRunnerBuilderExtensions
{
    public static IMigrationRunnerBuilder AddPostgres15_0(this IMigrationRunnerBuilder builder)
    {
        builder.Services.AddScoped<IMigrationRunner, PostgresMigrationRunner>();

        return builder;
    }
}

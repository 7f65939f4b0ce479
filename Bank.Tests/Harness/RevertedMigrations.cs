using System.Reflection;
using Bank.Migrations;
using FluentMigrator;
using FluentMigrator.Runner;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>Takes migrations back, so that the next start applies them again.</summary>
static class RevertedMigrations
{
    /// <summary>
    /// Texts compared by bytes, in the order in which they are reverted. The indexes go with the constraints.
    /// </summary>
    public static readonly Migration[] Bytes =
    [
        new ValidateTextChecks(), new CompareNamesByBytes(), new CompareKeysByBytes(),
        new IndexTextByBytes(),
    ];

    public static async Task RevertAsync(
        this Startup startup, NpgsqlDataSource owner, params Migration[] migrations)
    {
        using var scope = startup.Services.CreateScope();
        var runner = scope.ServiceProvider.GetRequiredService<IMigrationRunner>();

        foreach (var migration in migrations)
        {
            if (migration is not IndexTextByBytes)
                runner.Down(migration);

            await owner.ExecuteAsync(
                """DELETE FROM "VersionInfo" WHERE "Version" = $1""",
                migration.GetType().GetCustomAttribute<MigrationAttribute>()!.Version);
        }
    }
}

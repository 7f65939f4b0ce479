using Bank.Infrastructure.Data;
using LinqToDB.Data;
using Npgsql;

namespace Bank.Features.Health;

/// <summary>Asks the database for the version of its schema.</summary>
sealed class GetReadinessQuery(BankDb db)
{
    const string Sql =
        """
        SELECT max("Version")
        FROM "VersionInfo"
        """;

    /// <summary>
    /// Whether the database answers and its schema is no older than this build; a newer one is that of an
    /// update that goes on.
    /// </summary>
    public async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        try
        {
            return await db.ExecuteAsync<long?>(Sql, ct) >= DatabaseMigrator.NewestVersion;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}

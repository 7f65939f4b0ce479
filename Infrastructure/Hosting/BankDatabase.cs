using Bank.Infrastructure.Data;
using Npgsql;

namespace Bank.Infrastructure.Hosting;

/// <summary>
/// The database that the API serves from: one that is configured, or in development one of its own.
/// </summary>
sealed class BankDatabase : IAsyncDisposable
{
    const string LocalDirectory = ".data/postgres";

    readonly LocalPostgres? local;

    BankDatabase(string connectionString, string place, LocalPostgres? local)
    {
        ConnectionString = connectionString;
        Place = place;
        this.local = local;
    }

    public string ConnectionString { get; }

    /// <summary>Where it is, in words that hold no secret.</summary>
    public string Place { get; }

    /// <summary>Takes <c>ConnectionStrings:Bank</c>, or else starts a PostgreSQL in development.</summary>
    /// <exception cref="StartupException">Neither is there; the message says what to do.</exception>
    public static async Task<BankDatabase> FindAsync(WebApplicationBuilder builder)
    {
        if (builder.Configuration.GetConnectionString("Bank") is { Length: > 0 } configured)
            return Configured(ConnectionStrings.Read(configured));

        if (!builder.Environment.IsDevelopment())
            throw new StartupException(PostgresBinaries.Missing);

        var local = await LocalPostgres.StartAsync(
            Path.Combine(builder.Environment.ContentRootPath, LocalDirectory));
        return new BankDatabase(local.ConnectionString, LocalDirectory, local);
    }

    public ValueTask DisposeAsync() => local?.DisposeAsync() ?? ValueTask.CompletedTask;

    static BankDatabase Configured(NpgsqlConnectionStringBuilder settings) => new(
        settings.ConnectionString, $"{settings.Database ?? settings.Username} on {settings.Host}", null);
}

using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.DevelopmentDatabase;
using Npgsql;

namespace Bank.Infrastructure.Hosting;

/// <summary>
/// The database that the API serves from: one that is configured, or in development one of its own.
/// </summary>
sealed class BankDatabase : IAsyncDisposable
{
    const string LocalDirectory = ".data/postgres";

    readonly LocalPostgres? local;

    BankDatabase(string connectionString, string? owner, string place, LocalPostgres? local)
    {
        ConnectionString = connectionString;
        OwnerConnectionString = owner;
        Place = place;
        this.local = local;
    }

    /// <summary>How the API connects.</summary>
    public string ConnectionString { get; }

    /// <summary>How migrations connect, as the owner of the tables; null for as the API does.</summary>
    public string? OwnerConnectionString { get; }

    /// <summary>Where it is, in words that hold no secret.</summary>
    public string Place { get; }

    /// <summary>Takes <c>ConnectionStrings:Bank</c>, or else starts a PostgreSQL in development.</summary>
    /// <exception cref="StartupException">Neither is there; the message says what to do.</exception>
    public static async Task<BankDatabase> FindAsync(WebApplicationBuilder builder)
    {
        if (builder.Configuration.GetConnectionString("Bank") is { Length: > 0 } configured)
            return Configured(ConnectionStrings.Read(configured), OwnerOf(builder));

        if (!builder.Environment.IsDevelopment())
            throw new StartupException(PostgresBinaries.Missing);

        var local = await LocalPostgres.StartAsync(
            Path.Combine(builder.Environment.ContentRootPath, LocalDirectory));
        return new BankDatabase(local.ApiConnectionString, local.ConnectionString, LocalDirectory, local);
    }

    public ValueTask DisposeAsync() => local?.DisposeAsync() ?? ValueTask.CompletedTask;

    static BankDatabase Configured(NpgsqlConnectionStringBuilder settings, string? owner) => new(
        settings.ConnectionString, owner, $"{settings.Database ?? settings.Username} on {settings.Host}", null);

    static string? OwnerOf(WebApplicationBuilder builder) =>
        builder.Configuration.GetConnectionString("Owner") is { Length: > 0 } owner
            ? ConnectionStrings.Read(owner, "ConnectionStrings:Owner").ConnectionString
            : null;
}

using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.DevelopmentDatabase;
using Npgsql;

namespace Bank.Infrastructure.Hosting;

/// <summary>The database of the API: the configured one, or in development its own PostgreSQL.</summary>
[Section("ConnectionStrings", "Bank", "BankPassword", "Owner", "OwnerPassword")]
sealed class BankDatabase : IAsyncDisposable
{
    const string LocalDirectory = ".data/postgres";

    /// <summary>The start-up error outside Development, in two lines.</summary>
    const string Missing =
        """
        Bank needs a PostgreSQL: set ConnectionStrings__Bank to one (Host=…;Database=…;Username=…;Password=…),
        or: docker compose up. Only in Development does it start one of its own (ASPNETCORE_ENVIRONMENT).
        """;

    readonly LocalPostgres? local;

    BankDatabase(string connectionString, string? owner, string displayName, LocalPostgres? local)
    {
        ConnectionString = connectionString;
        OwnerConnectionString = owner;
        DisplayName = displayName;
        this.local = local;
    }

    /// <summary>How the API connects.</summary>
    public string ConnectionString { get; }

    /// <summary>How migrations connect, as the owner of the tables; null if as the API does.</summary>
    public string? OwnerConnectionString { get; }

    /// <summary>The database's name and host, without secrets.</summary>
    public string DisplayName { get; }

    /// <summary>Takes <c>ConnectionStrings:Bank</c>, or else starts a PostgreSQL in development.</summary>
    /// <exception cref="StartupException">Neither is available; the message says what to do.</exception>
    public static async Task<BankDatabase> FindAsync(WebApplicationBuilder builder)
    {
        if (Read(builder, "Bank") is { } configured)
            return FromSettings(configured, Read(builder, "Owner")?.ConnectionString);

        if (!builder.Environment.IsDevelopment())
            throw new StartupException(Missing);

        var local = await LocalPostgres.StartAsync(
            Path.Combine(builder.Environment.ContentRootPath, LocalDirectory));
        return new BankDatabase(local.ApiConnectionString, local.ConnectionString, LocalDirectory, local);
    }

    public ValueTask DisposeAsync() => local?.DisposeAsync() ?? ValueTask.CompletedTask;

    static BankDatabase FromSettings(NpgsqlConnectionStringBuilder settings, string? owner) => new(
        settings.ConnectionString, owner, $"{settings.Database ?? settings.Username} on {settings.Host}",
        local: null);

    /// <summary>
    /// The connection string of a role; null without one. Its password may be a setting of its own, where no
    /// character of it needs a quote.
    /// </summary>
    static NpgsqlConnectionStringBuilder? Read(WebApplicationBuilder builder, string role) =>
        builder.Configuration.GetConnectionString(role) is { Length: > 0 } text
            ? ConnectionStrings.Read(
                text, $"ConnectionStrings:{role}",
                builder.Configuration.GetConnectionString($"{role}Password"))
            : null;
}

using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Http;

/// <summary>Starts serving, and says so in one line.</summary>
static partial class Serving
{
    const string DefaultAddress = "http://localhost:8000";

    static readonly string[] AddressSettings = ["urls", "http_ports", "https_ports", "Kestrel:Endpoints"];

    /// <summary>A section of the configuration as an object with defaults of its own.</summary>
    public static TOptions Section<TOptions>(this WebApplicationBuilder builder, string name)
        where TOptions : new() => builder.Configuration.GetSection(name).Get<TOptions>() ?? new TOptions();

    /// <summary>Prepares the database and serves until the process is told to stop.</summary>
    /// <exception cref="StartupException">The database cannot be served from.</exception>
    public static async Task ServeAsync(this WebApplication app, BankDatabase database)
    {
        if (!IsAddressConfigured(app.Configuration))
            app.Urls.Add(DefaultAddress);

        var migrator = app.Services.GetRequiredService<DatabaseMigrator>();
        var version = await migrator.PrepareAsync(CancellationToken.None);
        await app.StartAsync();
        LogServing(app.Logger, app.Urls.First(), version, database.Place);
        await app.WaitForShutdownAsync();
        await app.DisposeAsync();
    }

    static bool IsAddressConfigured(IConfiguration configuration) =>
        AddressSettings.Any(key => configuration.GetSection(key) is var section
            && (section.Value is { Length: > 0 } || section.GetChildren().Any()));

    [LoggerMessage(
        LogLevel.Information,
        "Bank serves on {Address}, docs at {Address}/docs, PostgreSQL {Version}: {Place}")]
    static partial void LogServing(ILogger log, string address, string version, string place);
}

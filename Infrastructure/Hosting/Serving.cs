using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Hosting;

/// <summary>Starts serving, and says so in one line.</summary>
static partial class Serving
{
    const string DefaultAddress = "http://localhost:8000";

    /// <summary>
    /// Where an address may come from. A default in appsettings.json would take the place of one from
    /// ASPNETCORE_URLS, and one in launchSettings.json that of the shell's.
    /// </summary>
    static readonly string[] AddressSettings = ["urls", "http_ports", "https_ports", "Kestrel:Endpoints"];

    /// <summary>Prepares the database and serves until the process is told to stop.</summary>
    /// <exception cref="StartupException">The database cannot be served from.</exception>
    public static async Task ServeAsync(this WebApplication app, BankDatabase database)
    {
        if (!AddressSettings.Any(setting => app.Configuration.GetSection(setting).Exists()))
            app.Urls.Add(DefaultAddress);

        var migrator = app.Services.GetRequiredService<DatabaseMigrator>();
        var version = await migrator.PrepareAsync(CancellationToken.None);
        await StartAsync(app);
        LogServing(app.Logger, app.Urls.First(), version, database.Place);
        await app.WaitForShutdownAsync();
        await app.DisposeAsync();
    }

    static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException taken)
        {
            throw new StartupException($"The address cannot be served on: {taken.Message}", taken);
        }
    }

    [LoggerMessage(
        LogLevel.Information,
        "Bank serves on {Address}, docs at {Address}/docs, PostgreSQL {Version}: {Place}")]
    static partial void LogServing(ILogger log, string address, string version, string place);
}

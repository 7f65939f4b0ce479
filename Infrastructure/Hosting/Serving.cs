using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Hosting;

/// <summary>Starts serving, and says so in one line.</summary>
static partial class Serving
{
    const string DefaultAddress = "http://localhost:8000";

    static readonly string[] AddressSettings = ["urls", "http_ports", "https_ports", "Kestrel:Endpoints"];

    /// <summary>A section of the configuration as an object with defaults of its own.</summary>
    /// <exception cref="StartupException">A value is out of its range.</exception>
    public static TOptions Section<TOptions>(this WebApplicationBuilder builder, string name)
        where TOptions : new()
    {
        var options = builder.Configuration.GetSection(name).Get<TOptions>() ?? new TOptions();
        var broken = new List<ValidationResult>();

        return Validator.TryValidateObject(options, new ValidationContext(options), broken, true)
            ? options
            : throw new StartupException(
                string.Join(Environment.NewLine, broken.Select(rule => $"{name}: {rule.ErrorMessage}")));
    }

    /// <summary>Prepares the database and serves until the process is told to stop.</summary>
    /// <exception cref="StartupException">The database cannot be served from.</exception>
    public static async Task ServeAsync(this WebApplication app, BankDatabase database)
    {
        if (!IsAddressConfigured(app.Configuration))
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

    static bool IsAddressConfigured(IConfiguration configuration) =>
        AddressSettings.Any(key => configuration.GetSection(key) is var section
            && (section.Value is { Length: > 0 } || section.GetChildren().Any()));

    [LoggerMessage(
        LogLevel.Information,
        "Bank serves on {Address}, docs at {Address}/docs, PostgreSQL {Version}: {Place}")]
    static partial void LogServing(ILogger log, string address, string version, string place);
}

using System.Net.Sockets;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Hosting;

/// <summary>Starts serving, and says so in one line.</summary>
static partial class Serving
{
    /// <summary>
    /// Where an address may come from. A default in appsettings.json would take the place of one from
    /// ASPNETCORE_URLS, and one in launchSettings.json that of the shell's.
    /// </summary>
    static readonly string[] AddressSettings = ["urls", "http_ports", "https_ports", "Kestrel:Endpoints"];

    /// <summary>The host tells with a stack what keeps it from starting, which is told here in a line.</summary>
    const string Host = "Microsoft.Extensions.Hosting.Internal.Host";

    static bool isStarted;

    /// <summary>Registers what serving needs.</summary>
    public static IServiceCollection AddServing(this IServiceCollection services) => services
        .AddSettings<ServingOptions>("Serving")
        .AddLogging(logging => logging.AddFilter(Host, level => isStarted && level >= LogLevel.Warning));

    /// <summary>Prepares the database and serves until the process is told to stop.</summary>
    /// <exception cref="StartupException">The database cannot be served from.</exception>
    public static async Task ServeAsync(this WebApplication app, BankDatabase database)
    {
        if (!AddressSettings.Any(setting => app.Configuration.GetSection(setting).Exists()))
            app.Urls.Add(Addresses.Default);

        var migrator = app.Services.GetRequiredService<DatabaseMigrator>();
        var version = await migrator.PrepareAsync(CancellationToken.None);
        await StartAsync(app);
        var address = Addresses.ToOpen(app.Urls.First());
        LogServing(app.Logger, address, version, database.Place);
        await WaitForShutdownAsync(app);
        await app.DisposeAsync();
    }

    /// <summary>Waits until the process is told to stop, and a while longer in which it is not ready.</summary>
    static async Task WaitForShutdownAsync(WebApplication app)
    {
        var isTold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var told = app.Lifetime.ApplicationStopping.Register(isTold.SetResult);
        await isTold.Task;
        await Task.Delay(app.Services.GetRequiredService<ServingOptions>().ShutdownDelay);
        await app.StopAsync();
    }

    static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
            isStarted = true;
        }
        catch (Exception unusable) when (unusable
            is IOException or SocketException or FormatException or InvalidOperationException)
        {
            var address = AddressSettings.Select(setting => app.Configuration[setting]).FirstOrDefault(
                set => set is not null, Addresses.Default);
            throw new StartupException(
                $"Bank cannot serve on {address}: {unusable.Message.Split(Environment.NewLine)[0]} "
                + "Another address is set by --urls http://localhost:9000.",
                unusable);
        }
    }

    [LoggerMessage(
        EventId = 1,
        Level = LogLevel.Information,
        Message = "Bank serves on {Address}, docs at {Address}/docs, PostgreSQL {Version}: {Place}")]
    static partial void LogServing(ILogger log, string address, string version, string place);
}

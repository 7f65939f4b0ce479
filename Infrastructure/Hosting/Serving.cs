using System.Net.Sockets;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Npgsql;

namespace Bank.Infrastructure.Hosting;

/// <summary>Starts the API, serves until shutdown, and logs one line when it is up.</summary>
static partial class Serving
{
    /// <summary>
    /// The settings that may hold an address. The default address is none of them: in appsettings.json it
    /// would override ASPNETCORE_URLS, and in launchSettings.json the shell's variable.
    /// </summary>
    static readonly string[] AddressSettings = ["urls", "http_ports", "https_ports", "Kestrel:Endpoints"];

    /// <summary>
    /// Logs a failed start with a stack trace. Start-up errors are printed in one line instead, so it is
    /// silent until the API has started.
    /// </summary>
    const string HostCategory = "Microsoft.Extensions.Hosting.Internal.Host";

    /// <summary>Registers what serving needs.</summary>
    public static IServiceCollection AddServing(this IServiceCollection services)
    {
        var started = new StartedFlag();
        services.AddOptions<KestrelServerOptions>().Configure<ServingOptions>(
            (kestrel, serving) =>
            {
                kestrel.Limits.KeepAliveTimeout = serving.KeepAliveTimeout;
                kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(
                    (connection, next) => ConnectionGuard.RunAsync(connection, next, serving.ReadTimeout)));
            });

        return services
            .AddSettings<ServingOptions>()
            .AddSingleton(started)
            .AddLogging(logging => logging.AddFilter(
                HostCategory, level => started.IsSet && level >= LogLevel.Warning));
    }

    /// <summary>Prepares the database and serves until the process is asked to stop.</summary>
    /// <exception cref="StartupException">The database or an address is not usable.</exception>
    public static async Task ServeAsync(this WebApplication app, BankDatabase database)
    {
        if (!AddressSettings.Any(setting => app.Configuration.GetSection(setting).Exists()))
            app.Urls.Add(Addresses.Default);

        if (Addresses.FirstInUse(app.Configuration) is { } inUse)
            throw CannotServe(inUse, "address already in use.");

        var migrator = app.Services.GetRequiredService<DatabaseMigrator>();
        var version = await PrepareAsync(migrator);

        if (!await TryStartAsync(app))
        {
            await app.DisposeAsync();
            return;
        }

        var address = Addresses.ToOpenable(app.Urls.First());
        LogServing(app.Logger, address, version, database.DisplayName);
        var limit = app.Services.GetRequiredService<ConnectionLimit>();
        LogLimit(app.Logger, limit.MaxConnections, limit.MaxFiles);
        await WaitForShutdownAsync(app);
        await app.DisposeAsync();
    }

    /// <summary>
    /// Waits for SIGTERM, then serves for the shutdown delay, during which readiness answers 503.
    /// </summary>
    static async Task WaitForShutdownAsync(WebApplication app)
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = app.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        await stopping.Task;
        await Task.Delay(app.Services.GetRequiredService<ServingOptions>().ShutdownDelay);
        await app.StopAsync();
    }

    static async Task<string> PrepareAsync(DatabaseMigrator migrator)
    {
        try
        {
            return await migrator.PrepareAsync(CancellationToken.None);
        }
        catch (NpgsqlException failure)
        {
            throw new StartupException($"The database was lost during start-up: {failure.Message}", failure);
        }
    }

    /// <summary>Starts to listen; false if the process was asked to stop meanwhile.</summary>
    /// <exception cref="StartupException">It cannot listen on an address.</exception>
    internal static async Task<bool> TryStartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
            app.Services.GetRequiredService<StartedFlag>().IsSet = true;
            return true;
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception failure) when (failure
            is IOException or SocketException or FormatException or InvalidOperationException)
        {
            var address = AddressSettings.Select(setting => app.Configuration[setting]).FirstOrDefault(
                value => value is not null, Addresses.Default);
            throw CannotServe(address, failure.Message.Split(Environment.NewLine)[0], failure);
        }
    }

    static StartupException CannotServe(string? address, string reason, Exception? cause = null) => new(
        $"Bank cannot serve on {address}: {reason} Another address is set by --urls http://localhost:9000.",
        cause);

    [LoggerMessage(
        EventId = 1,
        Level = LogLevel.Information,
        Message = "Bank serves on {Address}, docs at {Address}/docs, PostgreSQL {Version}: {Place}")]
    static partial void LogServing(ILogger log, string address, string version, string place);

    [LoggerMessage(
        4, LogLevel.Information,
        "Accepts {Connections} connections at once; the limit of open files is {Files}")]
    static partial void LogLimit(ILogger log, int connections, long files);

    sealed class StartedFlag
    {
        public volatile bool IsSet;
    }
}

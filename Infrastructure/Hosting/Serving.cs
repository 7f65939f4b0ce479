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
    /// <summary>Kestrel's own default.</summary>
    const double MinBytesPerSecond = 240;

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
                kestrel.Limits.RequestHeadersTimeout = ConnectionGuard.HeadersTimeout;
                // For the ends of responses, for which no writer waits. Over HTTP/2 it cuts the connection,
                // so it comes later than TimedWriter, which ends the stream alone.
                kestrel.Limits.MinResponseDataRate =
                    new MinDataRate(MinBytesPerSecond, 2 * serving.ReadTimeout);
                kestrel.ConfigureEndpointDefaults(endpoint => Configure(endpoint, serving));
            });

        return services
            .AddSettings<ServingOptions>()
            .AddSingleton(started)
            .AddLogging(logging => logging.AddFilter(
                HostCategory, level => started.IsSet && level >= LogLevel.Warning));
    }

    /// <summary>Begins the pipeline.</summary>
    public static WebApplication UseServing(this WebApplication app)
    {
        app.UseMiddleware<StreamGuard>();
        return app;
    }

    /// <summary>Prepares the database and serves until the process is asked to stop.</summary>
    /// <exception cref="StartupException">The database or an address is not usable.</exception>
    public static async Task ServeAsync(this WebApplication app, BankDatabase database)
    {
        AddAddresses(app);

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

        if (app.Services.GetRequiredService<ServingOptions>().Http2Address is { Length: > 0 })
            LogHttp2(app.Logger, app.Urls.Last());

        var limit = app.Services.GetRequiredService<ConnectionLimit>();
        LogLimit(app.Logger, limit.MaxConnections, limit.MaxFiles);
        await WaitForShutdownAsync(app);
        await app.DisposeAsync();
    }

    static void Configure(ListenOptions endpoint, ServingOptions serving)
    {
        if (serving.Http2Address is { Length: > 0 } http2 && Addresses.IsAt(endpoint.EndPoint, http2))
            endpoint.Protocols = HttpProtocols.Http2;

        endpoint.Use((connection, next) => ConnectionGuard.RunAsync(connection, next, serving.ReadTimeout));
    }

    /// <summary>
    /// Adds the configured addresses, or the default one. It is in no file: in appsettings.json it would
    /// override ASPNETCORE_URLS, and in launchSettings.json the shell's variable. Kestrel adds its own
    /// endpoints itself.
    /// </summary>
    /// <exception cref="StartupException">
    /// Serving:Http2Address cannot be used, or there are endpoints of Kestrel beside it.
    /// </exception>
    static void AddAddresses(WebApplication app)
    {
        var http2 = app.Services.GetRequiredService<ServingOptions>().Http2Address;
        Addresses.CheckHttp2(http2);

        if (!app.Configuration.GetSection("Kestrel:Endpoints").Exists())
            Array.ForEach(Addresses.FromSettings(app.Configuration), app.Urls.Add);
        else if (!string.IsNullOrEmpty(http2))
            throw new StartupException(
                "Serving:Http2Address does not work with Kestrel:Endpoints: add an endpoint there instead, "
                + "with its Url and Protocols=Http2.");
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
            var addresses = string.Join(", ", Addresses.FromSettings(app.Configuration));
            throw CannotServe(addresses, failure.Message.Split(Environment.NewLine)[0], failure);
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

    [LoggerMessage(5, LogLevel.Information, "Bank serves HTTP/2 alone on {Address}")]
    static partial void LogHttp2(ILogger log, string address);

    [LoggerMessage(
        4, LogLevel.Information,
        "Accepts {Connections} connections at once; the limit of open files is {Files}")]
    static partial void LogLimit(ILogger log, int connections, long files);

    sealed class StartedFlag
    {
        public volatile bool IsSet;
    }
}

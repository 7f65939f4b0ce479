using Bank.Infrastructure.Configuration;
using OpenTelemetry.Metrics;

namespace Bank.Infrastructure.Telemetry;

/// <summary>
/// Serves <c>/metrics</c> for Prometheus, and nothing else, at an address of its own: a server beside that of
/// the API, so that no Host header and no proxy's mistake leads from the one to the other.
/// </summary>
sealed partial class MetricsServer(string address, MeterProvider metrics, ILogger<MetricsServer> log)
    : IHostedService, IAsyncDisposable
{
    readonly WebApplication server = Build(address, metrics);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await server.StartAsync(cancellationToken);
        }
        catch (IOException taken)
        {
            throw new StartupException($"Metrics:Address cannot be served on: {taken.Message}", taken);
        }

        LogServing(server.Urls.First());
    }

    public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    /// <summary>It takes nothing from the API's configuration, whose addresses are not its own.</summary>
    static WebApplication Build(string address, MeterProvider metrics)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(address)
            .ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        var server = builder.Build();
        server.UseOpenTelemetryPrometheusScrapingEndpoint(
            metrics, predicate: null, path: "/metrics", configureBranchedPipeline: null, optionsName: null);

        return server;
    }

    [LoggerMessage(2, LogLevel.Information, "Metrics for Prometheus are served on {Address}/metrics")]
    partial void LogServing(string address);
}

using Bank.Infrastructure.Configuration;
using OpenTelemetry.Metrics;

namespace Bank.Infrastructure.Telemetry;

/// <summary>
/// Serves <c>/metrics</c> for Prometheus, and nothing else, at an address of its own. It is a second server,
/// so that no Host header and no misconfigured proxy can expose the metrics on the API's address.
/// </summary>
sealed partial class MetricsServer(string address, MeterProvider metrics, ILogger<MetricsServer> log)
    : IHostedService, IAsyncDisposable
{
    /// <summary>Far more than scrape at once.</summary>
    const long MaxConnections = 32;

    readonly WebApplication server = Build(address, metrics);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await server.StartAsync(cancellationToken);
        }
        catch (IOException failed)
        {
            throw new StartupException($"Metrics:Address cannot be served on: {failed.Message}", failed);
        }

        LogServing(server.Urls.First());
    }

    public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    /// <summary>Ignores the API's configuration, which has the API's addresses.</summary>
    static WebApplication Build(string address, MeterProvider metrics)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(address)
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            });
        var server = builder.Build();
        server.UseOpenTelemetryPrometheusScrapingEndpoint(
            metrics, predicate: null, path: "/metrics", configureBranchedPipeline: null, optionsName: null);

        return server;
    }

    [LoggerMessage(2, LogLevel.Information, "Serving metrics for Prometheus on {Address}/metrics")]
    partial void LogServing(string address);
}

using Bank.Infrastructure.Configuration;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Bank.Infrastructure.Telemetry;

/// <summary>
/// Shows what the floors below measure: over OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says to whom, and to
/// Prometheus where <c>Metrics:Address</c> says where. With neither, nothing listens and nothing is paid for.
/// </summary>
static class TelemetryServices
{
    /// <summary>The framework's, the driver's and ours.</summary>
    static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql", "Bank.*",
    ];

    /// <exception cref="StartupException"><c>Metrics:Address</c> is no address.</exception>
    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        var pushes = builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };
        var address = MetricsAddress(builder.Configuration["Metrics:Address"]);

        if (pushes || address is not null)
            builder.Services.AddOpenTelemetry().ConfigureResource(Describe)
                .WithMetrics(metrics => Collect(metrics, pushes, address is not null));

        if (pushes)
            builder.Services.AddOpenTelemetry().WithTracing(traces => Collect(traces, builder.Configuration["OTEL_TRACES_SAMPLER"]));

        if (address is not null)
            builder.Services.AddHostedService(services =>
                ActivatorUtilities.CreateInstance<MetricsServer>(services, address));

        return builder;
    }

    /// <summary>With a port, which Kestrel would guess, and a host or, for all of this machine's, a star.</summary>
    static string? MetricsAddress(string? address)
    {
        if (string.IsNullOrEmpty(address))
            return null;

        var named = address.Replace("://*", "://localhost", StringComparison.Ordinal);

        return Uri.TryCreate(named, UriKind.Absolute, out var uri)
            && uri is { Scheme: "http", PathAndQuery: "/", UserInfo: "", IsDefaultPort: false }
            ? address
            : throw new StartupException(
                $"Metrics:Address is not of the form http://localhost:9464 or http://*:9464: '{address}'.");
    }

    /// <summary>What the environment says of the service (OTEL_SERVICE_NAME) has the last word.</summary>
    static void Describe(ResourceBuilder resource) => resource
        .AddService("bank", serviceVersion: typeof(TelemetryServices).Assembly.GetName().Version!.ToString(3))
        .AddEnvironmentVariableDetector();

    static void Collect(MeterProviderBuilder metrics, bool pushes, bool isScraped)
    {
        metrics.AddMeter(Meters);

        if (pushes)
            metrics.AddOtlpExporter();

        if (isScraped)
            metrics.AddPrometheusExporter(prometheus =>
            {
                prometheus.ScopeInfoEnabled = false;
                prometheus.ScrapeResponseCacheDurationMilliseconds = 0;
            });
    }

    static void Collect(TracerProviderBuilder traces, string? sampler)
    {
        traces.AddSource("Bank.*").AddNpgsql().AddOtlpExporter().AddAspNetCoreInstrumentation(requests =>
            requests.EnrichWithHttpResponse = (span, response) => span.SetTag("url.path", RouteOf(response)));

        if (string.IsNullOrEmpty(sampler))
            traces.SetSampler(Few());
    }

    /// <summary>A client that says that it is traced counts as any other: whoever asks could say so.</summary>
    static ParentBasedSampler Few()
    {
        var few = new RateLimitingSampler(TimeProvider.System);
        return new ParentBasedSampler(few, remoteParentSampled: few);
    }

    /// <summary>An address may name a customer; its pattern never does.</summary>
    static string? RouteOf(HttpResponse response) =>
        (response.HttpContext.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
}

using Bank.Infrastructure.Configuration;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Bank.Infrastructure.Telemetry;

/// <summary>
/// Exports metrics and traces over OTLP to <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, and metrics to Prometheus on
/// <c>Metrics:Address</c>. Without either setting nothing is measured and nothing is traced, at no cost.
/// </summary>
[Section("Metrics", "Address")]
static class TelemetryServices
{
    /// <summary>The meters of the framework, the driver and the API.</summary>
    static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql",
        "Bank.*",
    ];

    /// <exception cref="StartupException"><c>Metrics:Address</c> is not an address.</exception>
    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        var pushes = builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };
        var address = MetricsAddress(builder.Configuration["Metrics:Address"]);

        if (pushes || address is not null)
            builder.Services.AddOpenTelemetry().ConfigureResource(Describe)
                .WithMetrics(metrics => Collect(metrics, pushes, address is not null));

        if (pushes)
            builder.Services.AddOpenTelemetry()
                .WithTracing(traces => Collect(traces, builder.Configuration["OTEL_TRACES_SAMPLER"]));

        if (address is not null)
            builder.Services.AddHostedService(services =>
                ActivatorUtilities.CreateInstance<MetricsServer>(services, address));

        return builder;
    }

    /// <summary>
    /// The address must have a port, because Kestrel would guess one, and a host or, for all addresses of the
    /// machine, a star.
    /// </summary>
    static string? MetricsAddress(string? address)
    {
        if (string.IsNullOrEmpty(address))
            return null;

        var withHost = address.Replace("://*", "://localhost", StringComparison.Ordinal);

        return Uri.TryCreate(withHost, UriKind.Absolute, out var uri)
            && uri is { Scheme: "http", PathAndQuery: "/", UserInfo: "", IsDefaultPort: false }
            ? address
            : throw new StartupException(
                $"Metrics:Address is not of the form http://localhost:9464 or http://*:9464: '{address}'.");
    }

    /// <summary>The environment (OTEL_SERVICE_NAME) overrides the name of the service.</summary>
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
            traces.SetSampler(RateLimited());
    }

    /// <summary>
    /// A request that its client claims to trace is sampled like any other: every client could claim it.
    /// </summary>
    static ParentBasedSampler RateLimited()
    {
        var sampler = new RateLimitingSampler(TimeProvider.System);
        return new ParentBasedSampler(sampler, remoteParentSampled: sampler);
    }

    /// <summary>A path may contain a username; its pattern never does.</summary>
    static string? RouteOf(HttpResponse response) =>
        (response.HttpContext.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
}

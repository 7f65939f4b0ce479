using Bank.Infrastructure.Configuration;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Bank.Infrastructure.Telemetry;

/// <summary>
/// Exports metrics and traces over OTLP as OpenTelemetry's variables say, and metrics to Prometheus on
/// <c>Metrics:Address</c>. Without an endpoint nothing is measured and nothing is traced, at no cost.
/// </summary>
[Section("Metrics", "Address")]
static partial class TelemetryServices
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
        if (builder.Configuration["OTEL_SDK_DISABLED"]?.Trim().ToLowerInvariant() == "true")
            return builder;

        var (metrics, traces) = (Signal(builder, "METRICS", "prometheus"), Signal(builder, "TRACES"));
        var address = MetricsAddress(builder.Configuration["Metrics:Address"])
            ?? (metrics.Exporters.Contains("prometheus") ? PrometheusAddress(builder.Configuration) : null);

        if (metrics.IsSent || address is not null)
            builder.Services.AddOpenTelemetry().ConfigureResource(Describe)
                .WithMetrics(meters => Collect(meters, metrics, address is not null));

        if (traces.IsSent)
            builder.Services.AddOpenTelemetry().ConfigureResource(Describe)
                .WithTracing(spans => Collect(spans, traces, builder.Configuration["OTEL_TRACES_SAMPLER"]));

        if (address is not null)
            builder.Services.AddHostedService(services =>
                ActivatorUtilities.CreateInstance<MetricsServer>(services, address));

        return builder;
    }

    /// <summary>
    /// A signal of the configuration. An exporter that the API does not have is logged and ignored, as the
    /// specification asks.
    /// </summary>
    static OtlpSignal Signal(WebApplicationBuilder builder, string name, params string[] others)
    {
        var signal = new OtlpSignal(builder.Configuration, name);
        using var logs = LoggerFactory.Create(logging => logging
            .AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole());

        foreach (var exporter in signal.Exporters.Except(["otlp", "none", .. others]))
            LogUnknownExporter(logs.CreateLogger(typeof(TelemetryServices)), name, exporter);

        return signal;
    }

    /// <summary>The address at which the specification's Prometheus exporter serves.</summary>
    static string PrometheusAddress(ConfigurationManager settings)
    {
        var host = settings["OTEL_EXPORTER_PROMETHEUS_HOST"] is { Length: > 0 } named ? named : "localhost";
        var port = settings["OTEL_EXPORTER_PROMETHEUS_PORT"] is { Length: > 0 } number ? number : "9464";

        return $"http://{host}:{port}";
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

    static void Collect(MeterProviderBuilder metrics, OtlpSignal signal, bool isScraped)
    {
        metrics.AddMeter(Meters);

        if (signal.IsSent)
            metrics.AddOtlpExporter(signal.Configure);

        if (isScraped)
            metrics.AddPrometheusExporter(prometheus =>
            {
                prometheus.ScopeInfoEnabled = false;
                prometheus.ScrapeResponseCacheDurationMilliseconds = 0;
            });
    }

    static void Collect(TracerProviderBuilder traces, OtlpSignal signal, string? sampler)
    {
        traces.AddSource("Bank.*").AddNpgsql().AddOtlpExporter(signal.Configure)
            .AddAspNetCoreInstrumentation(requests => requests.EnrichWithHttpResponse =
                (span, response) => span.SetTag("url.path", RouteOf(response)));

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

    [LoggerMessage(
        3, LogLevel.Warning,
        "OTEL_{Signal}_EXPORTER names {Exporter}, which Bank does not have; it is ignored")]
    static partial void LogUnknownExporter(ILogger log, string signal, string exporter);
}

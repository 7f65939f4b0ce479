using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Bank.Tests.Infrastructure.Telemetry;

public sealed class TelemetryServicesTests
{
    [Theory]
    [InlineData("9464")]
    [InlineData("https://localhost:9464")]
    [InlineData("http://localhost:9464/metrics")]
    [InlineData("http://localhost:port")]
    [InlineData("http://localhost")]
    public void Invalid_metrics_address_is_named_in_the_error(string address) =>
        Should.Throw<StartupException>(() => Builder($"--Metrics:Address={address}").AddTelemetry())
            .Message.ShouldContain($"'{address}'");

    [Theory]
    [InlineData("", false, false)]
    [InlineData("--Metrics:Address=http://*:9464", true, false)]
    [InlineData("--OTEL_EXPORTER_OTLP_ENDPOINT=http://a:4317", true, true)]
    [InlineData("--OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4317", false, true)]
    [InlineData("--OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://localhost:4317", true, false)]
    [InlineData("--OTEL_EXPORTER_OTLP_ENDPOINT=http://a:4317 --OTEL_TRACES_EXPORTER=none", true, false)]
    [InlineData("--OTEL_EXPORTER_OTLP_ENDPOINT=http://a:4317 --OTEL_METRICS_EXPORTER=none", false, true)]
    [InlineData("--OTEL_EXPORTER_OTLP_ENDPOINT=http://a:4317 --OTEL_SDK_DISABLED=TRUE", false, false)]
    [InlineData("--Metrics:Address=http://*:9464 --OTEL_SDK_DISABLED=true", false, false)]
    [InlineData("--Metrics:Address=http://*:9464 --OTEL_METRICS_EXPORTER=none", true, false)]
    [InlineData("--OTEL_TRACES_EXPORTER=otlp", false, true)]
    [InlineData("--OTEL_METRICS_EXPORTER=otlp,prometheus", true, false)]
    [InlineData("--OTEL_METRICS_EXPORTER=prometheus", true, false)]
    [InlineData("--OTEL_METRICS_EXPORTER=console --OTEL_TRACES_EXPORTER=no-such-exporter", false, false)]
    [InlineData("--OTEL_EXPORTER_OTLP_ENDPOINT= --OTEL_TRACES_EXPORTER=", false, false)]
    public void Metrics_and_traces_are_off_unless_configured(string setting, bool measures, bool traces)
    {
        using var services = Builder(setting).AddTelemetry().Services.BuildServiceProvider();

        (services.GetService<MeterProvider>() is not null).ShouldBe(measures);
        (services.GetService<TracerProvider>() is not null).ShouldBe(traces);
    }

    static WebApplicationBuilder Builder(string arguments) =>
        WebApplication.CreateBuilder([.. arguments.Split(' '), "--Logging:LogLevel:Default=None"]);
}

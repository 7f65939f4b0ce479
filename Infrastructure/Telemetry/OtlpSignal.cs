using System.Globalization;
using OpenTelemetry.Exporter;

namespace Bank.Infrastructure.Telemetry;

/// <summary>
/// What OpenTelemetry's variables say about one signal (OpenTelemetry specification, "Environment Variable
/// Specification" and "OpenTelemetry Protocol Exporter"). The SDK for .NET reads the general ones by itself.
/// </summary>
/// <param name="settings">The configuration, which includes the environment.</param>
/// <param name="name">The signal's name in the variables, such as <c>TRACES</c>.</param>
sealed class OtlpSignal(IConfiguration settings, string name)
{
    /// <summary>The exporters that the signal's variable names.</summary>
    public string[] Exporters { get; } = (settings[$"OTEL_{name}_EXPORTER"] ?? "").ToLowerInvariant().Split(
        ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>
    /// Whether the signal is sent over OTLP: if its exporter says so, or else if there is an endpoint. The
    /// specification would send to an endpoint of its own by default.
    /// </summary>
    public bool IsSent => Exporters is []
        ? settings["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } || Of("ENDPOINT") is not null
        : Exporters.Contains("otlp");

    /// <summary>Applies the signal's own variables, which override the general ones.</summary>
    public void Configure(OtlpExporterOptions exporter)
    {
        // Used as it is, where the general endpoint gets the path of the signal.
        if (Uri.TryCreate(Of("ENDPOINT"), UriKind.Absolute, out var endpoint))
            exporter.Endpoint = endpoint;

        exporter.Protocol = Of("PROTOCOL") switch
        {
            "grpc" => OtlpExportProtocol.Grpc,
            "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
            _ => exporter.Protocol,
        };
        exporter.Headers = Of("HEADERS") ?? exporter.Headers;

        if (int.TryParse(Of("TIMEOUT"), CultureInfo.InvariantCulture, out var milliseconds))
            exporter.TimeoutMilliseconds = milliseconds;
    }

    /// <summary>An empty variable counts as unset.</summary>
    string? Of(string variable) =>
        settings[$"OTEL_EXPORTER_OTLP_{name}_{variable}"] is { Length: > 0 } value ? value : null;
}

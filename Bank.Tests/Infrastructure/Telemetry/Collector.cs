using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Bank.Tests.Infrastructure.Telemetry;

/// <summary>
/// Stores the requests that are sent over OTLP. Protobuf writes strings as they are, so a test can search
/// them.
/// </summary>
sealed class Collector : IAsyncDisposable
{
    readonly WebApplication server;
    readonly ConcurrentQueue<(string Path, string Body)> received = new();

    Collector(WebApplication server) => this.server = server;

    public string Address => server.Urls.First();

    /// <summary>The settings with which a process exports to it at short intervals.</summary>
    public string[] Settings =>
    [
        $"OTEL_EXPORTER_OTLP_ENDPOINT={Address}", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", .. Intervals,
    ];

    /// <summary>The settings of the short intervals alone.</summary>
    public static string[] Intervals => ["OTEL_METRIC_EXPORT_INTERVAL=200", "OTEL_BSP_SCHEDULE_DELAY=100"];

    /// <summary>The paths of all requests, without repetitions.</summary>
    public string[] Paths => [.. received.Select(request => request.Path).Distinct().Order()];

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var collector = new Collector(builder.Build());
        collector.server.Run(collector.StoreAsync);
        await collector.server.StartAsync();

        return collector;
    }

    /// <summary>All data of a signal, <c>traces</c> or <c>metrics</c>.</summary>
    public string Of(string signal) =>
        string.Concat(
            received.Where(request => request.Path == $"/v1/{signal}").Select(request => request.Body));

    public ValueTask DisposeAsync() => server.DisposeAsync();

    async Task StoreAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        received.Enqueue((context.Request.Path.Value!, Encoding.Latin1.GetString(body.ToArray())));
    }
}

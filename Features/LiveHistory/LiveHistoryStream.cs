using System.IO.Pipelines;
using System.Net.Mime;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Bank.Infrastructure.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bank.Features.LiveHistory;

/// <summary>
/// A response of server-sent events (WHATWG HTML, section 9.2) whose data is JSON on one line. Events that
/// are sent together are one write, which is most of an event's cost. Proxies that respect X-Accel-Buffering,
/// such as nginx, do not buffer it.
/// </summary>
sealed class LiveHistoryStream
{
    readonly PipeWriter body;
    readonly JsonSerializerOptions json;

    LiveHistoryStream(HttpContext context)
    {
        body = context.Response.BodyWriter;
        json = context.RequestServices.GetRequiredService<AmountsAsStrings>().OptionsFor(context.Request);
    }

    /// <summary>Starts the response, and sends its headers at once.</summary>
    public static async Task<LiveHistoryStream> StartAsync(HttpContext context, CancellationToken ct)
    {
        // The length of a subscription is not a response time.
        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
            metrics.MetricsDisabled = true;

        context.Response.ContentType = MediaTypeNames.Text.EventStream;
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await context.Response.StartAsync(ct);
        var stream = new LiveHistoryStream(context);
        await stream.body.FlushAsync(ct);

        return stream;
    }

    public async Task SendAsync<T>(IEnumerable<SseItem<T>> events, CancellationToken ct)
    {
        using (var data = new Utf8JsonWriter(body))
        {
            foreach (var item in events)
            {
                Write($"event: {item.EventType}\ndata: ");
                JsonSerializer.Serialize(data, item.Data, json);
                data.Flush();
                data.Reset();
                Write($"\nid: {item.EventId}\n\n");
            }
        }

        await body.FlushAsync(ct);
    }

    /// <summary>Keeps the connection open with a comment, which clients ignore.</summary>
    public async Task SendHeartbeatAsync(CancellationToken ct)
    {
        Write(":\n\n");
        await body.FlushAsync(ct);
    }

    void Write(string text) => Encoding.UTF8.GetBytes(text, body);
}

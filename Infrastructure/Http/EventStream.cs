using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Bank.Infrastructure.Http;

/// <summary>
/// An answer that goes on, as server-sent events (WHATWG HTML, section 9.2) whose data is JSON on one line.
/// Events that are sent together are one write, which is most of what an event costs. A proxy that heeds
/// X-Accel-Buffering, as nginx does, does not gather it.
/// </summary>
sealed class EventStream
{
    public const string MediaType = "text/event-stream";

    readonly PipeWriter body;
    readonly JsonSerializerOptions json;

    EventStream(HttpContext context)
    {
        body = context.Response.BodyWriter;
        json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
    }

    /// <summary>Begins the answer, so that its client knows at once.</summary>
    public static async Task<EventStream> BeginAsync(HttpContext context, CancellationToken ct)
    {
        // How long somebody listened is no time that an answer took.
        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
            metrics.MetricsDisabled = true;

        context.Response.ContentType = MediaType;
        context.Response.Headers["X-Accel-Buffering"] = "no";
        var stream = new EventStream(context);
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

    /// <summary>Shows that the connection lives, by a comment, which every client passes over.</summary>
    public async Task BeatAsync(CancellationToken ct)
    {
        Write(":\n\n");
        await body.FlushAsync(ct);
    }

    void Write(string text) => Encoding.UTF8.GetBytes(text, body);
}

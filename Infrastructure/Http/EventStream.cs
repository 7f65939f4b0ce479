using System.Buffers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Bank.Infrastructure.Http;

/// <summary>
/// An answer that goes on, as server-sent events (WHATWG HTML, section 9.2) whose data is JSON. No proxy that
/// knows what nginx understands gathers it.
/// </summary>
sealed class EventStream
{
    public const string MediaType = "text/event-stream";

    /// <summary>A comment, which every client passes over.</summary>
    static readonly byte[] Heartbeat = ":\n\n"u8.ToArray();

    readonly Stream body;
    readonly JsonSerializerOptions json;

    EventStream(HttpContext context)
    {
        body = context.Response.Body;
        json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
    }

    /// <summary>Begins the answer, so that its client knows at once.</summary>
    public static async Task<EventStream> BeginAsync(HttpContext context, CancellationToken ct)
    {
        context.Response.ContentType = MediaType;
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await context.Response.Body.FlushAsync(ct);

        return new EventStream(context);
    }

    public Task SendAsync<T>(IEnumerable<SseItem<T>> events, CancellationToken ct) =>
        SseFormatter.WriteAsync(events.ToAsyncEnumerable(), body, WriteData, ct);

    /// <summary>Shows that the connection lives.</summary>
    public Task BeatAsync(CancellationToken ct) => body.WriteAsync(Heartbeat, ct).AsTask();

    void WriteData<T>(SseItem<T> item, IBufferWriter<byte> data)
    {
        using var writer = new Utf8JsonWriter(data);
        JsonSerializer.Serialize(writer, item.Data, json);
    }
}

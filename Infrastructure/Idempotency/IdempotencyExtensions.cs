using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bank.Infrastructure.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Bank.Infrastructure.Idempotency;

/// <summary>What an endpoint needs to know of idempotency keys.</summary>
static class IdempotencyExtensions
{
    /// <summary>The key of a request; null when it carries none.</summary>
    /// <param name="http">Its context.</param>
    /// <param name="request">The request, as it is to be compared with another.</param>
    /// <param name="userId">Whose key it is.</param>
    public static IdempotencyKey? KeyOf<TRequest>(this HttpContext http, TRequest request, long userId)
        where TRequest : IKeyedRequest => request.IdempotencyKey is { } value
            ? new IdempotencyKey(userId, value, http.Fingerprint(request), http.TraceId())
            : null;

    /// <summary>Says of an answer that it is given again, unless there is no first one.</summary>
    /// <param name="http">The context of the request.</param>
    /// <param name="firstTraceId">The trace id that the first answer named, if there is one.</param>
    public static void NoteRepeat(this HttpContext http, string? firstTraceId)
    {
        if (firstTraceId is null)
            return;

        http.Response.Headers["Idempotent-Replayed"] = "true";
        http.RepeatTraceId(firstTraceId);
    }

    /// <summary>
    /// SHA-256 of the method, the path and the body, in base64. The body counts as it was understood, so that
    /// neither white space nor <c>10.5</c> for <c>10.50</c> makes it another.
    /// </summary>
    static string Fingerprint<TRequest>(this HttpContext http, TRequest request)
    {
        var json = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var path = http.Request.Path.Value!.TrimEnd('/').ToLowerInvariant();
        var text = $"{http.Request.Method} {path}\n{JsonSerializer.Serialize(request, json)}";

        return Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}

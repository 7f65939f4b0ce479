using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bank.Infrastructure.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Bank.Infrastructure.Idempotency;

/// <summary>The <c>Idempotency-Key</c> of a request, for the endpoints that accept one.</summary>
static class IdempotencyExtensions
{
    /// <summary>Declares that the endpoint accepts an <c>Idempotency-Key</c>.</summary>
    public static RouteHandlerBuilder AcceptsIdempotencyKey(this RouteHandlerBuilder slice) => slice
        .WithMetadata(new IdempotencyKeyMetadata())
        .ProducesProblems(IdempotencyProblems.KeyReused);

    /// <summary>The key of a request; null without one.</summary>
    /// <param name="http">The context of the request.</param>
    /// <param name="request">The request. A replay must be equal to it.</param>
    /// <param name="userId">The user who owns the key.</param>
    public static IdempotencyKey? IdempotencyKey(this HttpContext http, object request, long userId) =>
        http.Request.Headers.TryGetValue(IdempotencyRules.Header, out var key)
            ? new IdempotencyKey(userId, key.ToString(), http.Fingerprint(request), http.TraceId())
            : null;

    /// <summary>Marks the response as a replay of an earlier one, if it is one.</summary>
    /// <param name="http">The context of the request.</param>
    /// <param name="originalTraceId">
    /// The trace id of the original response; null if this one is not a replay; then nothing is marked.
    /// </param>
    public static void MarkReplayed(this HttpContext http, string? originalTraceId)
    {
        if (originalTraceId is null)
            return;

        http.Response.Headers["Idempotent-Replayed"] = "true";
        http.SetOriginalTraceId(originalTraceId);
    }

    /// <summary>
    /// SHA-256 of the method, the path and the request, in base64. The parsed request is hashed, not its
    /// text: white space, and <c>10.5</c> instead of <c>10.50</c>, make no difference.
    /// </summary>
    static string Fingerprint(this HttpContext http, object request)
    {
        var json = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var path = http.Request.Path.Value!.TrimEnd('/').ToLowerInvariant();
        var text = $"{http.Request.Method} {path}\n{JsonSerializer.Serialize(request, json)}";

        return Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}

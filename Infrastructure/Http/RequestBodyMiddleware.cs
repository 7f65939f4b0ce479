using System.Net.Mime;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Prepares the body of a request for its endpoint: replaces a body that is left out by an empty JSON object
/// where all body members are optional, and answers 415 to a body that cannot be read. For a missing
/// Content-Type, FastEndpoints would start a 415 response without a body, which can no longer become a
/// problem. It marks an endpoint whose request has no body members with <c>*/*</c>.
/// </summary>
sealed class RequestBodyMiddleware(RequestDelegate next)
{
    static readonly byte[] EmptyObject = "{}"u8.ToArray();

    /// <summary>The names of UTF-8 on the web (WHATWG Encoding Standard, section 4.2).</summary>
    static readonly string[] Utf8Names =
        ["utf-8", "utf8", "unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "x-unicode20utf8"];

    public async Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint()?.Metadata;

        if (endpoint?.GetMetadata<OptionalBodyMetadata>() is not null && await IsEmptyAsync(context))
            ReplaceBody(context.Request);

        if (endpoint?.GetMetadata<IAcceptsMetadata>() is { } accepts && IsRead(accepts, context.Request)
            && !TryReadType(context.Request))
            context.Response.StatusCode = Status415UnsupportedMediaType;
        else
            await next(context);
    }

    /// <summary>
    /// Whether the endpoint reads the body. One that takes any type reads JSON only, if it has body members.
    /// </summary>
    static bool IsRead(IAcceptsMetadata accepts, HttpRequest request) =>
        !accepts.ContentTypes.Contains("*/*")
        || (accepts.ContentTypes.Contains(MediaTypeNames.Application.Json) && request.HasJsonContentType());

    /// <summary>
    /// Whether there is no body, or an empty one: a chunked body and one over HTTP/2 show it only when they
    /// are read.
    /// </summary>
    static async ValueTask<bool> IsEmptyAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
            return true;

        var read = await context.Request.BodyReader.ReadAsync(context.RequestAborted);
        context.Request.BodyReader.AdvanceTo(read.Buffer.Start);

        return read is { IsCompleted: true, Buffer.IsEmpty: true };
    }

    static void ReplaceBody(HttpRequest request)
    {
        request.ContentType = MediaTypeNames.Application.Json;
        request.ContentLength = EmptyObject.Length;
        request.Body = new MemoryStream(EmptyObject, writable: false);
    }

    /// <summary>
    /// False where Content-Type is missing or invalid, its charset is not UTF-8 (RFC 8259, section 8.1), or
    /// there is a Content-Encoding. The framework's reader does not know every spelling of UTF-8, and throws
    /// for other charsets.
    /// </summary>
    static bool TryReadType(HttpRequest request)
    {
        if (request.Headers.GetCommaSeparatedValues(HeaderNames.ContentEncoding).Any(IsEncoding)
            || !MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            return false;

        if (!type.Charset.HasValue)
            return true;

        var charset = HeaderUtilities.RemoveQuotes(type.Charset).ToString().Trim();
        request.ContentType = type.MediaType.Value;

        return Utf8Names.Contains(charset, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Some clients name the encoding that is none (RFC 9110, section 8.4.1).</summary>
    static bool IsEncoding(string name) => !name.Equals("identity", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Endpoint metadata: requests need no body, because every member of it is optional.</summary>
sealed record OptionalBodyMetadata;

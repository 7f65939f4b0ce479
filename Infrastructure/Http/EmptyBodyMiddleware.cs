using System.Net.Mime;
using Microsoft.AspNetCore.Http.Features;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Replaces a missing body by an empty JSON object on endpoints whose body members are all optional.
/// FastEndpoints would answer 415 for the missing Content-Type before it binds the request.
/// </summary>
sealed class EmptyBodyMiddleware(RequestDelegate next)
{
    static readonly byte[] EmptyObject = "{}"u8.ToArray();

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<OptionalBodyMetadata>() is not null
            && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            context.Request.ContentType = MediaTypeNames.Application.Json;
            context.Request.ContentLength = EmptyObject.Length;
            context.Request.Body = new MemoryStream(EmptyObject, writable: false);
        }

        return next(context);
    }
}

/// <summary>Endpoint metadata: requests need no body, because every member of it is optional.</summary>
sealed record OptionalBodyMetadata;

using System.Net.Mime;
using Microsoft.AspNetCore.Http.Features;

namespace Bank.Infrastructure.Http;

/// <summary>Takes a body that may be left out, and is, for an empty object.</summary>
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

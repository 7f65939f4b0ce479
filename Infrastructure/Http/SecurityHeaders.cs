namespace Bank.Infrastructure.Http;

/// <summary>
/// Adds to every answer the headers that an API needs (OWASP REST Security Cheat Sheet): nothing is cached,
/// sniffed, framed or run. The Swagger pages are a site and load their own scripts.
/// </summary>
sealed class SecurityHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        // At the last moment: a fault clears what was to be answered, and with it every header.
        context.Response.OnStarting(Add, context);
        return next(context);
    }

    static Task Add(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";

        if (!context.Request.Path.StartsWithSegments("/docs"))
            headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";

        return Task.CompletedTask;
    }
}

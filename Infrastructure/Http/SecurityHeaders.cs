namespace Bank.Infrastructure.Http;

/// <summary>
/// Adds the security headers of an API (OWASP REST Security Cheat Sheet) to every response: no caching,
/// sniffing, framing or scripts. Proxies must not compress responses either: they would hold back events
/// until a block is full. A public page sets its own Cache-Control and Content-Security-Policy.
/// </summary>
sealed class SecurityHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        // Just before the response starts: an exception clears the response with its headers.
        context.Response.OnStarting(Add, context);
        return next(context);
    }

    static Task Add(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";

        if (headers.CacheControl.Count == 0)
            headers.CacheControl = "no-store, no-transform";

        if (headers.ContentSecurityPolicy.Count == 0)
            headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";

        return Task.CompletedTask;
    }
}

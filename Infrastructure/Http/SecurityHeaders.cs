namespace Bank.Infrastructure.Http;

/// <summary>
/// Adds to every answer the headers that an API needs (OWASP REST Security Cheat Sheet): nothing is cached,
/// sniffed, framed or run. What is public and the same for everyone may say otherwise of being cached and run.
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
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";

        if (headers.CacheControl.Count == 0)
            headers.CacheControl = "no-store";

        if (headers.ContentSecurityPolicy.Count == 0)
            headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";

        return Task.CompletedTask;
    }
}

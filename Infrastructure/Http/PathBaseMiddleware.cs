using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Serves the API under a path, such as <c>/bank</c>, so that the addresses that it returns begin with it. A
/// named proxy says the path in X-Forwarded-Prefix, or else <c>Serving:PathBase</c> does. A request may
/// come with the path of the setting or, from a proxy that removes it, without.
/// </summary>
[Section("Serving", "PathBase")]
sealed class PathBaseMiddleware(RequestDelegate next, PathString configured)
{
    const string Setting = "Serving:PathBase";

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;

        if (request.PathBase.Value is { Length: > 0 } forwarded)
        {
            request.PathBase = forwarded.TrimEnd('/');
        }
        else if (configured.HasValue)
        {
            if (request.Path.StartsWithSegments(configured, out var rest))
                request.Path = rest;

            request.PathBase = configured;
        }

        return next(context);
    }

    /// <exception cref="StartupException">The setting is not a path.</exception>
    public static void Use(WebApplication app)
    {
        var path = app.Configuration[Setting]?.TrimEnd('/') ?? "";

        if (path.Length > 0 && (path[0] != '/' || path.AsSpan().ContainsAny("?#%\\ ")))
            throw new StartupException($"{Setting} is not a path such as /bank: '{path}'.");

        app.UseMiddleware<PathBaseMiddleware>(new PathString(path));
    }
}

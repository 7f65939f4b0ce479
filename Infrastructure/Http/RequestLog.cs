using System.Security.Claims;
using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Logs one line per request, if <see cref="LogOptions.Requests"/> is on. It names the route pattern and the
/// ids of the user and the key, because paths and user names are personal data.
/// </summary>
sealed partial class RequestLog(RequestDelegate next, TimeProvider time, ILogger<RequestLog> log)
{
    /// <summary>The claim with the id of the key that the user signed in with.</summary>
    public const string KeyClaim = "key";

    public async Task InvokeAsync(HttpContext context)
    {
        var startedAt = time.GetTimestamp();

        try
        {
            await next(context);
        }
        finally
        {
            if (log.IsEnabled(LogLevel.Information))
                Write(context, time.GetElapsedTime(startedAt));
        }
    }

    void Write(HttpContext context, TimeSpan elapsed)
    {
        var (route, status, address) = (RouteOf(context), StatusOf(context), context.ClientAddress());
        var user = context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "nobody";
        var key = context.User.FindFirstValue(KeyClaim);
        LogRequest(
            context.Request.Method, route, status, elapsed.TotalMilliseconds, address,
            key is null ? user : $"{user}, key {key}");
    }

    static string RouteOf(HttpContext context) =>
        (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";

    /// <summary>499 where the client went away before its response, as nginx logs it.</summary>
    static int StatusOf(HttpContext context) => context.RequestAborted.IsCancellationRequested
        ? Status499ClientClosedRequest
        : context.Response.StatusCode;

    [LoggerMessage(
        EventId = 10, EventName = "Request", Level = LogLevel.Information,
        Message = "{Method} {Route} {Status} in {Milliseconds:F1} ms, from {Address}, user {User}")]
    partial void LogRequest(
        string method, string route, int status, double milliseconds, string address, string user);
}

/// <summary>The section <c>Logging</c> of the configuration, beyond what the framework reads.</summary>
[Section("Logging")]
sealed record LogOptions
{
    /// <summary>Whether every request is logged.</summary>
    public bool Requests { get; init; }
}

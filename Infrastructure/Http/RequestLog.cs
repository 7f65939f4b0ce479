using System.Diagnostics;
using System.Security.Claims;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Writes one line a request, where <see cref="LogOptions.Requests"/> asks for it. It says the pattern of the
/// address and the id of the user, since addresses and names may say who somebody is.
/// </summary>
sealed partial class RequestLog(RequestDelegate next, ILogger<RequestLog> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var since = Stopwatch.GetTimestamp();

        try
        {
            await next(context);
        }
        finally
        {
            if (log.IsEnabled(LogLevel.Information))
                Write(context, Stopwatch.GetElapsedTime(since));
        }
    }

    void Write(HttpContext context, TimeSpan took)
    {
        var (route, status, address) = (RouteOf(context), StatusOf(context), context.ClientAddress());
        var user = context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "nobody";
        LogRequest(context.Request.Method, route, status, took.TotalMilliseconds, address, user);
    }

    static string RouteOf(HttpContext context) =>
        (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";

    /// <summary>As other servers have it, 499 where the client went away before its answer.</summary>
    static int StatusOf(HttpContext context) => context.RequestAborted.IsCancellationRequested
        ? Status499ClientClosedRequest
        : context.Response.StatusCode;

    [LoggerMessage(
        EventId = 10, EventName = "Request", Level = LogLevel.Information,
        Message = "{Method} {Route} {Status} in {Milliseconds:F1} ms, from {Address}, user {User}")]
    partial void LogRequest(
        string method, string route, int status, double milliseconds, string address, string user);
}

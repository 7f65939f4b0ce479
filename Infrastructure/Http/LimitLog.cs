using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Logs refusals by a limit, at most one line per second, because a client may cause them as fast as the
/// network allows. The metrics count all of them, as requests answered with 429.
/// </summary>
sealed partial class LimitLog(TimeProvider time, ILogger<LimitLog> log)
{
    readonly LogThrottle throttle = new(time, TimeSpan.FromSeconds(1));

    public void Report(HttpContext context)
    {
        if (throttle.TryPass(out var others))
            LogReached(
                context.Request.Method, (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText,
                context.ClientAddress(), others);
    }

    [LoggerMessage(
        EventId = 11, EventName = "LimitReached", Level = LogLevel.Warning,
        Message = "A limit refused {Method} {Route} from {Address}, and {Others} since the last such line")]
    partial void LogReached(string method, string? route, string address, int others);
}

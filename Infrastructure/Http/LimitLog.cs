namespace Bank.Infrastructure.Http;

/// <summary>
/// Writes that somebody reached a limit: at most a line a second, since who is refused may go on as fast as a
/// network allows. The metrics count them all, as requests that were answered 429.
/// </summary>
sealed partial class LimitLog(TimeProvider time, ILogger<LimitLog> log)
{
    static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(1);

    readonly Lock gate = new();
    DateTimeOffset nextLineAt = DateTimeOffset.MinValue;
    int untold;

    public void Note(HttpContext context)
    {
        int others;

        lock (gate)
        {
            if (time.GetUtcNow() < nextLineAt)
            {
                untold++;
                return;
            }

            others = untold;
            untold = 0;
            nextLineAt = time.GetUtcNow() + LineEvery;
        }

        LogReached(
            context.Request.Method, (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText,
            context.ClientAddress(), others);
    }

    [LoggerMessage(
        EventId = 11, EventName = "LimitReached", Level = LogLevel.Warning,
        Message = "A limit refused {Method} {Route} from {Address}, and {Others} since the last such line")]
    partial void LogReached(string method, string? route, string address, int others);
}

using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Problems;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Limits the time until a response begins. A request that takes longer is cancelled as if its client had
/// gone, and answered with a 503. A client that reads slowly is not affected.
/// </summary>
static class RequestTimeoutExtensions
{
    /// <summary>
    /// The time for the ledger to answer a money movement that has reached its own timeout.
    /// </summary>
    static readonly TimeSpan PostingGrace = TimeSpan.FromMilliseconds(500);

    static readonly object StartedAt = new();

    public static IServiceCollection AddTimeouts(this IServiceCollection services)
    {
        services.AddOptions<RequestTimeoutOptions>().Configure<DatabaseOptions>(
            (timeouts, database) => timeouts.DefaultPolicy = new RequestTimeoutPolicy
            {
                Timeout = database.CommitTimeout + PostingGrace,
                WriteTimeoutResponse = WriteTimeoutAsync,
            });

        // The problem is logged already; a warning with a stack trace for each would flood the log.
        return services.AddRequestTimeouts()
            .AddLogging(log => log.AddFilter("Microsoft.AspNetCore.Http.Timeouts", LogLevel.Error));
    }

    public static WebApplication UseTimeouts(this WebApplication app)
    {
        var time = app.Services.GetRequiredService<TimeProvider>();
        app.UseRequestTimeouts();
        app.Use((context, next) =>
        {
            context.Items[StartedAt] = time.GetTimestamp();
            context.Response.OnStarting(OnStarting, context);

            return next(context);
        });

        return app;
    }

    /// <summary>Lets the request take as long as it needs.</summary>
    public static void DisableTimeout(this HttpContext context) =>
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();

    /// <summary>The time since the request began.</summary>
    public static TimeSpan Elapsed(this HttpContext context) =>
        context.Items.TryGetValue(StartedAt, out var startedAt)
            ? context.RequestServices.GetRequiredService<TimeProvider>().GetElapsedTime((long)startedAt!)
            : TimeSpan.Zero;

    static Task OnStarting(object context)
    {
        ((HttpContext)context).DisableTimeout();
        return Task.CompletedTask;
    }

    static Task WriteTimeoutAsync(HttpContext context)
    {
        // It is the cancelled token of the timeout, which must not cancel the response too.
        context.RequestAborted = CancellationToken.None;

        // A change that was sent ends with an UnconfirmedCommitException instead, and the response to one
        // that was made is not cancelled.
        return context.WriteProblemAsync(
            IsBodyDue(context) ? Problem.RequestTimeout : Problem.NotServedInTime, CancellationToken.None);
    }

    /// <summary>
    /// Whether the client has not sent the whole body. The server itself ends slow bodies over HTTP/1.1, and
    /// knows the end of a body over HTTP/2 only before it is read.
    /// </summary>
    static bool IsBodyDue(HttpContext context) =>
        HttpProtocol.IsHttp2(context.Request.Protocol)
        && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true
        && !context.Request.CheckTrailersAvailable();
}

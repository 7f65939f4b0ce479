using Bank.Infrastructure.Data;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Logs a line for each problem, so that its trace id can be found: faults of the server at Information,
/// faults of the client at Debug. Of the former at most 20 a second, because a client may cause them as fast
/// as the network allows.
/// </summary>
sealed partial class ProblemLog(TimeProvider time, ILogger<ProblemLog> log)
{
    readonly LogThrottle throttle = new(time, TimeSpan.FromSeconds(1), lines: 20);

    public void Report(HttpContext context, Problem problem)
    {
        var isFault = problem.Status >= Status500InternalServerError;
        var level = isFault ? LogLevel.Information : LogLevel.Debug;
        var others = 0;

        if (log.IsEnabled(level) && (!isFault || throttle.TryPass(out others)))
            LogProblem(
                level, context.Request.Method, context.Request.Path, problem.Status, problem.Code, others);
    }

    [LoggerMessage(
        EventId = 13,
        Message = "{Method} {Path} answered {Status} {Code}, and {Others} faults since the last such line")]
    partial void LogProblem(
        LogLevel level, string method, PathString path, int status, string code, int others);
}

using Bank.Infrastructure.Data;
using Bank.Infrastructure.Problems;
using Microsoft.AspNetCore.Http.Features;
using Npgsql;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Answers exceptions with a problem. An unexpected exception is logged and never shown. The framework's
/// exception handler is not used, because it adds headers of its own.
/// </summary>
sealed partial class ExceptionMiddleware(
    RequestDelegate next, DatabaseOutageLog outages, LimitLog limits, TimeProvider time,
    ILogger<ExceptionMiddleware> log)
{
    /// <summary>
    /// A stack trace takes several milliseconds to write (measured), and clients may repeat what fails.
    /// </summary>
    readonly LogThrottle stackTraces = new(time, TimeSpan.FromSeconds(1), lines: 5);

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception aborted) when (context.RequestAborted.IsCancellationRequested && IsAbort(aborted))
        {
            // The client has gone: there is nobody to answer.
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            var problem = ToProblem(context, exception);
            var errors = (exception as ProblemException)?.Errors;
            await context.WriteProblemAsync(problem, context.RequestAborted, errors);
        }
        catch (NpgsqlException unavailable) when (unavailable.IsDatabaseUnavailable())
        {
            // A response that has begun cannot become a problem: the broken connection shows that it is cut.
            outages.ReportFailure(unavailable);
            context.Abort();
        }
    }

    static bool IsAbort(Exception exception) =>
        exception is OperationCanceledException or IOException or UnconfirmedCommitException;

    static long? MaxBodySize(HttpContext context) =>
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;

    Problem ToProblem(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case ProblemException { Problem: var problem, RetryAfter: var retryAfter }:
                if (retryAfter is { } pause)
                    context.SetRetryAfter(pause);
                if (problem == Problem.TooManyRequests)
                    limits.Report(context);
                return problem;

            case BadHttpRequestException { StatusCode: Status413PayloadTooLarge }
                when MaxBodySize(context) is { } bytes:
                return Problem.BodyLargerThan(bytes);

            case BadHttpRequestException badRequest:
                return Problem.FromStatus(badRequest.StatusCode);

            // Kestrel throws it for an invalid chunk size. Npgsql wraps its own in an NpgsqlException.
            case IOException:
                return Problem.MalformedRequest;

            case UnconfirmedCommitException:
                outages.ReportFailure(exception);
                return context.UnconfirmedChange() ?? Problem.ChangeUnconfirmed;

            case NpgsqlException unavailable when unavailable.IsDatabaseUnavailable():
                outages.ReportFailure(exception);
                return Problem.DatabaseUnavailable;

            default:
                LogFailure(
                    stackTraces.TryPass(out _) ? exception : null,
                    context.Request.Method, context.Request.Path, exception.Message);
                return Problem.InternalError;
        }
    }

    [LoggerMessage(14, LogLevel.Error, "{Method} {Path} failed: {Reason}")]
    partial void LogFailure(Exception? exception, string method, PathString path, string reason);
}

using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Problems;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using Npgsql;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Gives the problem shape to whatever is answered outside the endpoints: what the server refuses while a
/// body is read, and what nobody expected. An exception is logged and never shown. The framework's own
/// handler of exceptions would add headers of its own to the answer.
/// </summary>
sealed partial class ExceptionMiddleware(
    RequestDelegate next, DatabaseOptions database, DatabaseOutageLog absence, LimitLog limits,
    ILogger<ExceptionMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        using var deadline = new RequestDeadline(context, database.CommitTimeout);

        try
        {
            if (IsUnreadable(context))
                context.Response.StatusCode = Status415UnsupportedMediaType;
            else
                await next(context);
        }
        catch (Exception gone) when (deadline.IsClientGone && IsAbort(gone))
        {
            // Nobody is there to answer.
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            var problem = exception is OperationCanceledException && deadline.IsOver
                ? UnconfirmedIn(context) ?? Problem.NotServedInTime
                : Explain(context, exception);
            deadline.Dispose();
            await context.WriteProblemAsync(
                problem, context.RequestAborted, (exception as ProblemException)?.Errors);
        }
        catch (NpgsqlException away) when (away.IsAway())
        {
            // What has begun cannot become a problem any more: who reads it is to see that it is not whole.
            absence.ReportFailure(away);
            context.Abort();
        }
    }

    /// <summary>
    /// Whether a body is due that no Content-Type describes, one of another charset than UTF-8 (RFC 8259,
    /// section 8.1), or one that is compressed. FastEndpoints would answer the first with a bare status that
    /// no one can add a body to, and the framework's reader throws over a charset that it does not know.
    /// </summary>
    static bool IsUnreadable(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is not { } accepts
            || accepts.ContentTypes.Contains("*/*"))
            return false;

        return context.Request.Headers.ContentEncoding.Count > 0
            || !MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            || (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }

    static bool IsAbort(Exception exception) =>
        exception is OperationCanceledException or IOException or UnconfirmedCommitException;

    /// <summary>What is said of the slice's change when it may have been made; null where it makes none.</summary>
    static Problem? UnconfirmedIn(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<UnconfirmedChange>()?.Problem;

    Problem Explain(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case ProblemException ended:
                if (ended.RetryAfter is { } pause)
                    context.Response.Headers.RetryAfter = $"{Math.Ceiling(pause.TotalSeconds)}";
                if (ended.Problem == Problem.TooManyRequests)
                    limits.Note(context);
                return ended.Problem;

            case BadHttpRequestException { StatusCode: Status413PayloadTooLarge }
                when context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize is { } most:
                return Problem.BodyLargerThan(most);

            case BadHttpRequestException refused:
                return Problem.OfStatus(refused.StatusCode);

            // The server's word for a chunk whose size is no number that it knows; a database's is wrapped.
            case IOException:
                return Problem.MalformedRequest;

            case UnconfirmedCommitException:
                absence.ReportFailure(exception);
                return UnconfirmedIn(context) ?? Problem.ChangeUnconfirmed;

            case NpgsqlException away when away.IsAway():
                absence.ReportFailure(exception);
                return Problem.DatabaseUnavailable;

            default:
                LogFault(exception, context.Request.Method, context.Request.Path);
                return Problem.InternalError;
        }
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    partial void LogFault(Exception exception, string method, PathString path);
}

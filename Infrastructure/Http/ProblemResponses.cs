using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using FluentValidation.Results;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Bank.Infrastructure.Http;

/// <summary>The one place that turns a <see cref="Problem"/> into an answer.</summary>
static partial class ProblemResponses
{
    /// <summary>What every 401 asks for (RFC 7617).</summary>
    public const string Challenge = "Basic realm=\"Bank\", charset=\"UTF-8\"";

    /// <summary>Marks a validation failure that stands for a body which is not JSON at all.</summary>
    const string MalformedJsonCode = "malformed_json";

    static readonly object RepeatedTraceId = new();

    /// <summary>Sends a problem from an endpoint.</summary>
    public static Task ProblemAsync(this IResponseSender send, Problem problem, CancellationToken ct) =>
        send.HttpContext.WriteProblemAsync(problem, ct);

    /// <summary>Sends the one of the slice's refusals that has this code.</summary>
    /// <param name="send">The endpoint's.</param>
    /// <param name="code">The code.</param>
    /// <param name="ct">Ends it.</param>
    /// <param name="index">Of a request for several things, the one that is refused, from 0.</param>
    /// <exception cref="InvalidOperationException">The slice does not say that it refuses so.</exception>
    public static Task ProblemCodeAsync(
        this IResponseSender send, string code, CancellationToken ct, int? index = null)
    {
        var refusal = send.HttpContext.GetEndpoint()!.Metadata.GetOrderedMetadata<Refusal>()
            .First(refusal => refusal.Problem.Code == code);

        return send.ProblemAsync(refusal.Problem with { Index = index }, ct);
    }

    /// <summary>Writes a problem as the answer, from wherever the request has come to.</summary>
    public static Task WriteProblemAsync(
        this HttpContext context, Problem problem, CancellationToken ct,
        IReadOnlyList<FieldError>? errors = null)
    {
        context.MarkResponseStart();
        context.Response.StatusCode = problem.Status;
        Log(context, problem);

        if (problem == Problem.Unauthorized)
            context.Response.Headers.WWWAuthenticate = Challenge;

        if (problem.HasRetryAfter && context.Response.Headers.RetryAfter.Count == 0)
            context.Response.Headers.RetryAfter = "1";

        var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value;
        return context.Response.WriteAsJsonAsync(
            problem.ToBody(context) with { Errors = errors }, options.SerializerOptions,
            Problem.MediaType, ct);
    }

    /// <summary>
    /// The body for failed binding and validation. JSON that cannot be parsed is a 400, JSON of another shape
    /// than the request's a 422 like every broken rule.
    /// </summary>
    public static ProblemBody FromFailures(List<ValidationFailure> failures, HttpContext context, int status)
    {
        if (failures.Exists(failure => failure.ErrorCode == MalformedJsonCode))
            return At(Problem.MalformedJson).ToBody(context);

        var errors = failures.ConvertAll(
            failure => new FieldError(failure.PropertyName, failure.ErrorMessage));
        return At(Problem.ValidationFailed).ToBody(context) with { Errors = errors };

        Problem At(Problem problem)
        {
            context.Response.StatusCode = problem.Status;
            Log(context, problem);
            return problem;
        }
    }

    /// <summary>Tells a body that is not JSON from one whose field has the wrong type.</summary>
    public static ValidationFailure FromJsonException(JsonException exception)
    {
        // The serializer wraps what the parser refuses; what a converter refuses carries the path to its
        // field. JSON is UTF-8 (RFC 8259, section 8.1), which the parser leaves to whoever reads a text.
        var malformed = exception.InnerException is JsonException || exception.Path is null
            || exception.GetBaseException() is DecoderFallbackException;

        if (malformed)
            return new ValidationFailure("body", Problem.MalformedJson.Detail)
            {
                ErrorCode = MalformedJsonCode,
            };

        var path = exception.Path!.TrimStart('$', '.');
        return path.Length == 0
            ? new ValidationFailure("body", "must be a JSON object")
            : new ValidationFailure(path, Reason(exception));
    }

    /// <summary>Only the serializer's text tells a member that is there twice from one of the wrong type.</summary>
    static string Reason(JsonException exception) =>
        exception is UnreadableValueException ? exception.Message
        : exception.Message.StartsWith("Duplicate property", StringComparison.Ordinal) ? "is there twice"
        : "has the wrong type";

    /// <summary>
    /// One line for each, so that its trace id is in the log: a fault of ours by default, a client's with Debug.
    /// </summary>
    static void Log(HttpContext context, Problem problem)
    {
        var log = context.RequestServices.GetRequiredService<ILoggerFactory>()
            .CreateLogger(typeof(ProblemResponses).FullName!);
        var level = problem.Status < Status500InternalServerError ? LogLevel.Debug : LogLevel.Information;

        if (log.IsEnabled(level))
            LogProblem(
                log, level, context.Request.Method, context.Request.Path, problem.Status, problem.Code);
    }

    [LoggerMessage(Message = "{Method} {Path} is answered {Status} {Code}")]
    static partial void LogProblem(
        ILogger log, LogLevel level, string method, PathString path, int status, string code);

    static ProblemBody ToBody(this Problem problem, HttpContext context) => new(
        problem.Type, problem.Title, problem.Status, problem.Detail, problem.Code, context.TraceId(),
        Index: problem.Index);

    /// <summary>The W3C trace id of the request where there is one, else the server's own id of it.</summary>
    public static string TraceId(this HttpContext context) =>
        context.Items.TryGetValue(RepeatedTraceId, out var repeated) ? (string)repeated!
            : Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;

    /// <summary>Lets the answer name the trace id of the first one, which it repeats.</summary>
    public static void RepeatTraceId(this HttpContext context, string traceId) =>
        context.Items[RepeatedTraceId] = traceId;
}

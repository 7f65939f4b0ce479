using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using FluentValidation.Results;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Bank.Infrastructure.Http;

/// <summary>The one place that turns a <see cref="Problem"/> into a response.</summary>
static class ProblemResponses
{
    /// <summary>The WWW-Authenticate header of every 401 (RFC 7617).</summary>
    public const string Challenge = "Basic realm=\"Bank\", charset=\"UTF-8\"";

    /// <summary>The error code of a validation failure that stands for a body that is not JSON.</summary>
    const string MalformedJsonCode = "malformed_json";

    static readonly object OriginalTraceId = new();

    /// <summary>Sends a problem from an endpoint.</summary>
    public static Task ProblemAsync(this IResponseSender send, Problem problem, CancellationToken ct) =>
        send.HttpContext.WriteProblemAsync(problem, ct);

    /// <summary>Sends the problem that the endpoint declares for a code.</summary>
    /// <param name="send">The endpoint's sender.</param>
    /// <param name="code">The problem's code.</param>
    /// <param name="ct">Cancels sending.</param>
    /// <param name="index">In a request for several things, the index of the refused one, from 0.</param>
    /// <exception cref="InvalidOperationException">The endpoint declares no problem of this code.</exception>
    public static Task ProblemCodeAsync(
        this IResponseSender send, string code, CancellationToken ct, int? index = null)
    {
        var problem = send.HttpContext.GetEndpoint()!.Metadata.GetOrderedMetadata<ProblemMetadata>()
            .Select(declared => declared.Problem).First(problem => problem.Code == code);

        return send.ProblemAsync(problem with { Index = index }, ct);
    }

    /// <summary>Writes a problem as the response, from anywhere in the pipeline.</summary>
    public static Task WriteProblemAsync(
        this HttpContext context, Problem problem, CancellationToken ct,
        IReadOnlyList<FieldError>? errors = null)
    {
        context.MarkResponseStart();
        context.Response.StatusCode = problem.Status;
        context.Features.Set(problem);
        context.RequestServices.GetRequiredService<ProblemLog>().Report(context, problem);

        if (problem.Code == Problem.Unauthorized.Code)
            context.Response.Headers.WWWAuthenticate = Challenge;

        if (problem.HasRetryAfter && context.Response.Headers.RetryAfter.Count == 0)
            context.SetRetryAfter(Problem.DefaultRetryAfter);

        var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value;
        return context.Response.WriteAsJsonAsync(
            problem.ToBody(context) with { Errors = errors }, options.SerializerOptions,
            Problem.MediaType, ct);
    }

    /// <summary>The problem that is the response; null if the response is none.</summary>
    public static Problem? SentProblem(this HttpContext context) => context.Features.Get<Problem>();

    /// <summary>Sets the Retry-After header, in seconds rounded up.</summary>
    public static void SetRetryAfter(this HttpContext context, TimeSpan pause) =>
        context.Response.Headers.RetryAfter =
            Math.Ceiling(pause.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// The problem of an endpoint whose change is in doubt; null if the endpoint names none.
    /// </summary>
    public static Problem? UnconfirmedChange(this HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<OutcomeHint>()?.Problem;

    /// <summary>
    /// The body for failed binding and validation: 400 for a body that is not JSON, 422 for JSON of the wrong
    /// shape and for a broken rule.
    /// </summary>
    public static ProblemBody FromFailures(List<ValidationFailure> failures, HttpContext context, int status)
    {
        var isMalformed = failures.Exists(failure => failure.ErrorCode == MalformedJsonCode);
        var problem = isMalformed ? Problem.MalformedJson : Problem.ValidationFailed;
        context.Response.StatusCode = problem.Status;
        context.RequestServices.GetRequiredService<ProblemLog>().Report(context, problem);

        return problem.ToBody(context) with
        {
            Errors = isMalformed
                ? null
                : failures.ConvertAll(failure => new FieldError(failure.PropertyName, failure.ErrorMessage)),
        };
    }

    /// <summary>Distinguishes a body that is not JSON from one with a member of the wrong type.</summary>
    public static ValidationFailure FromJsonException(JsonException exception)
    {
        // The serializer wraps the parser's exception; an exception of a converter has the path of its
        // member. JSON is UTF-8 (RFC 8259, section 8.1), which is checked only when a text is read.
        var isMalformed = exception.InnerException is JsonException || exception.Path is null
            || exception.GetBaseException() is DecoderFallbackException;

        if (isMalformed)
            return new ValidationFailure("body", Problem.MalformedJson.Detail)
            {
                ErrorCode = MalformedJsonCode,
            };

        var path = exception.Path!.TrimStart('$', '.');
        return path.Length == 0
            ? new ValidationFailure("body", "must be a JSON object")
            : new ValidationFailure(path, Reason(exception));
    }

    /// <summary>
    /// Only the text of the serializer's exception distinguishes a duplicate member from one of the wrong
    /// type.
    /// </summary>
    static string Reason(JsonException exception) =>
        exception is UnreadableValueException ? exception.Message
        : exception.Message.StartsWith("Duplicate property", StringComparison.Ordinal) ? "is there twice"
        : "has the wrong type";

    static ProblemBody ToBody(this Problem problem, HttpContext context) => new(
        problem.Type, problem.Title, problem.Status, problem.Detail, problem.Code, context.TraceId(),
        Index: problem.Index);

    /// <summary>The W3C trace id of the request, or the server's own id where there is no trace.</summary>
    public static string TraceId(this HttpContext context) =>
        context.Items.TryGetValue(OriginalTraceId, out var original) ? (string)original!
            : Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;

    /// <summary>Lets a replayed response name the trace id of the original one.</summary>
    public static void SetOriginalTraceId(this HttpContext context, string traceId) =>
        context.Items[OriginalTraceId] = traceId;
}

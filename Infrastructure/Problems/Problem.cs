namespace Bank.Infrastructure.Problems;

/// <summary>
/// A refusal as RFC 9457 has it: what a client may rely on (the status and the code) and what a person reads
/// (the title and the detail). <see cref="ProblemBody"/> is its JSON. Here are those that several share; what
/// one feature alone refuses is among its own refusals.
/// </summary>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Code">A stable snake_case name for programs.</param>
/// <param name="Title">A few words, the same for every occurrence.</param>
/// <param name="Detail">A sentence that says what to do about it.</param>
sealed record Problem(int Status, string Code, string Title, string Detail)
{
    /// <summary>The media type of every problem.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>Of a request for several things: which one is refused, from 0; null of any other.</summary>
    public int? Index { get; init; }

    /// <summary>Whether the answer says in Retry-After when to try again.</summary>
    public bool HasRetryAfter { get; init; } =
        Status is Status429TooManyRequests or Status503ServiceUnavailable;

    /// <summary>A URN that names the kind of problem, which is all that RFC 9457 asks of it.</summary>
    public string Type => $"urn:bank:problem:{Code}";

    public static Problem MalformedRequest { get; } = new(
        Status400BadRequest, "malformed_request", "Malformed request",
        "The request could not be read as HTTP with a JSON body.");

    public static Problem MalformedJson { get; } = new(
        Status400BadRequest, "malformed_json", "Malformed JSON",
        "The request's body is not well-formed JSON.");

    public static Problem Unauthorized { get; } = new(
        Status401Unauthorized, "unauthorized", "Unauthorized",
        "Sign in with HTTP Basic: the username or the password is missing or wrong.");

    public static Problem NotFound { get; } = new(
        Status404NotFound, "not_found", "Not found",
        "There is nothing at this address.");

    public static Problem MethodNotAllowed { get; } = new(
        Status405MethodNotAllowed, "method_not_allowed", "Method not allowed",
        "This address answers other methods; the Allow header names them.");

    public static Problem RequestTimeout { get; } = new(
        Status408RequestTimeout, "request_timeout", "Request timeout",
        "The request arrived too slowly.");

    public static Problem BodyTooLarge { get; } = new(
        Status413PayloadTooLarge, "body_too_large", "Body too large",
        "The request's body is larger than the operation accepts.");

    public static Problem UnsupportedMediaType { get; } = new(
        Status415UnsupportedMediaType, "unsupported_media_type", "Unsupported media type",
        "Send the body as application/json, in UTF-8 and without a Content-Encoding.");

    public static Problem ValidationFailed { get; } = new(
        Status422UnprocessableEntity, "validation_failed", "Validation failed",
        "Some of the request's fields cannot be accepted; errors says which and why.");

    public static Problem TooManyRequests { get; } = new(
        Status429TooManyRequests, "too_many_requests", "Too many requests",
        "Wait as long as the Retry-After header says.");

    public static Problem InternalError { get; } = new(
        Status500InternalServerError, "internal_error", "Internal error",
        "Something broke on our side. Report the trace_id.");

    public static Problem DatabaseUnavailable { get; } = new(
        Status503ServiceUnavailable, "database_unavailable", "Database unavailable",
        "The database does not answer; nothing was changed. Try again.");

    public static Problem ChangeUnconfirmed { get; } = new(
        Status503ServiceUnavailable, "outcome_unknown", "Outcome unknown",
        "The database did not confirm the change, which may or may not have been made, or is still to come. "
        + "Look before you try again.");

    public static Problem NotServedInTime { get; } = new(
        Status503ServiceUnavailable, "not_served_in_time", "Not served in time",
        "The request was not served in time and given up; nothing was changed. Try again.");

    public static Problem Overloaded { get; } = new(
        Status503ServiceUnavailable, "overloaded", "Overloaded",
        "Too many requests are waiting; nothing was changed. Try again.");

    /// <summary>The same, with the most bytes that are accepted.</summary>
    public static Problem BodyLargerThan(long bytes) => BodyTooLarge with
    {
        Detail = $"The request's body is larger than {bytes} bytes, which is the most that the operation accepts.",
    };

    /// <summary>The problem for a bare status code, as routing and the server give it.</summary>
    public static Problem OfStatus(int status) => status switch
    {
        Status404NotFound => NotFound,
        Status405MethodNotAllowed => MethodNotAllowed,
        Status408RequestTimeout => RequestTimeout,
        Status413PayloadTooLarge => BodyTooLarge,
        Status415UnsupportedMediaType => UnsupportedMediaType,
        >= 500 => InternalError with { Status = status },
        _ => MalformedRequest with { Status = status },
    };
}

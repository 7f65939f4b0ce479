namespace Bank.Infrastructure.Problems;

/// <summary>
/// A problem as defined by RFC 9457: the status and the code for programs, the title and the detail for
/// people. <see cref="ProblemBody"/> is its JSON. The problems of one feature are declared in its folder, the
/// shared ones here.
/// </summary>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Code">A stable snake_case name for programs.</param>
/// <param name="Title">A few words, the same for every occurrence.</param>
/// <param name="Detail">What is wrong, and what to do about it.</param>
sealed record Problem(int Status, string Code, string Title, string Detail)
{
    const string NotConfirmed =
        "The database did not confirm the change. It may have been made, or may still be made, or not.";

    /// <summary>The media type of every problem.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>In a batch: the index of the refused element, from 0; otherwise null.</summary>
    public int? Index { get; init; }

    /// <summary>Whether the response has a Retry-After header.</summary>
    public bool HasRetryAfter { get; init; } =
        Status is Status429TooManyRequests or Status503ServiceUnavailable;

    /// <summary>The Retry-After header where the refusal names no time of its own.</summary>
    public static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>A URN that names the kind of problem; RFC 9457 asks for no more.</summary>
    public string Type => $"urn:bank:problem:{Code}";

    public static Problem MalformedRequest { get; } = new(
        Status400BadRequest, "malformed_request", "Malformed request",
        "The request is not valid HTTP. Correct it before you send it again.");

    public static Problem MalformedJson { get; } = new(
        Status400BadRequest, "malformed_json", "Malformed JSON",
        "The request body is not well-formed JSON. Correct it before you send it again.");

    public static Problem Unauthorized { get; } = new(
        Status401Unauthorized, "unauthorized", "Unauthorized",
        "The username or password is missing or incorrect. Sign in with HTTP Basic.");

    public static Problem CrossSiteRequest { get; } = new(
        Status403Forbidden, "cross_site_request", "Cross-site request",
        "A browser sent this change for a page of another origin. Nothing was changed. To allow the page, "
        + "name its origin in the setting Cors:Origins.");

    public static Problem KeyIsReadOnly { get; } = new(
        Status403Forbidden, "key_is_read_only", "Key is read-only",
        "The scope of this key is read, which allows GET and HEAD only. Nothing was changed. Use a key whose "
        + "scope is full, or the password.");

    public static Problem UsernameTaken { get; } = new(
        Status400BadRequest, "username_taken", "Username taken",
        "This username is already registered. Choose another.");

    public static Problem UserNotFound { get; } = new(
        Status404NotFound, "user_not_found", "User not found",
        "No user has this username.");

    public static Problem NotFound { get; } = new(
        Status404NotFound, "not_found", "Not found",
        "Nothing exists at this URL. Check the path.");

    public static Problem MethodNotAllowed { get; } = new(
        Status405MethodNotAllowed, "method_not_allowed", "Method not allowed",
        "This URL does not support the method. Use a method of the Allow header.");

    public static Problem RequestTimeout { get; } = new(
        Status408RequestTimeout, "request_timeout", "Request timeout",
        "The request arrived too slowly. Send it again.");

    public static Problem BodyTooLarge { get; } = new(
        Status413PayloadTooLarge, "body_too_large", "Body too large",
        "The request body is larger than this operation accepts. Send a smaller one.");

    public static Problem UnsupportedMediaType { get; } = new(
        Status415UnsupportedMediaType, "unsupported_media_type", "Unsupported media type",
        "Send the body as application/json, in UTF-8 and without a Content-Encoding.");

    public static Problem ValidationFailed { get; } = new(
        Status422UnprocessableEntity, "validation_failed", "Validation failed",
        "Some fields of the request are invalid. See errors for their names and the reasons.");

    public static Problem TooManyRequests { get; } = new(
        Status429TooManyRequests, "too_many_requests", "Too many requests",
        "Wait as long as the Retry-After header says, then try again.");

    public static Problem InternalError { get; } = new(
        Status500InternalServerError, "internal_error", "Internal error",
        "An unexpected error occurred in the server. Report the trace_id.");

    public static Problem DatabaseUnavailable { get; } = new(
        Status503ServiceUnavailable, "database_unavailable", "Database unavailable",
        "The database is not available. Nothing was changed. Try again.");

    public static Problem ChangeUnconfirmed { get; } = new(
        Status503ServiceUnavailable, "outcome_unknown", "Outcome unknown",
        $"{NotConfirmed} Check before you try again.");

    public static Problem NotServedInTime { get; } = new(
        Status503ServiceUnavailable, "not_served_in_time", "Not served in time",
        "The request took too long and was cancelled. Nothing was changed. Try again.");

    public static Problem Overloaded { get; } = new(
        Status503ServiceUnavailable, "overloaded", "Overloaded",
        "Too many requests are waiting. Nothing was changed. Try again.");

    /// <summary>The same, with the limit in bytes.</summary>
    public static Problem BodyLargerThan(long bytes) => BodyTooLarge with
    {
        Detail = $"The request body is larger than {bytes} bytes, the maximum of this operation.",
    };

    /// <summary>The same, with the way to check the outcome.</summary>
    public static Problem ChangeUnconfirmedWith(string howToCheck) => ChangeUnconfirmed with
    {
        Detail = $"{NotConfirmed} {howToCheck}",
    };

    /// <summary>The problem for a bare status code of routing or the server.</summary>
    public static Problem FromStatus(int status) => status switch
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

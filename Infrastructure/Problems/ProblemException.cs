namespace Bank.Infrastructure.Problems;

/// <summary>
/// Ends a request with a problem that no slice decides: an overload, an outcome that stays unknown, a key
/// that was used for something else.
/// </summary>
sealed class ProblemException(Problem problem, params FieldError[] errors) : Exception(problem.Detail)
{
    public Problem Problem { get; } = problem;

    /// <summary>Which fields were refused, and why.</summary>
    public IReadOnlyList<FieldError>? Errors { get; } = errors.Length > 0 ? errors : null;

    /// <summary>With 503: after how long a client may try again.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

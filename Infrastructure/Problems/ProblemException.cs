namespace Bank.Infrastructure.Problems;

/// <summary>
/// Ends a request with a problem that is not decided by its endpoint: an overload, an outcome that stays in
/// doubt, an idempotency key that belongs to another request.
/// </summary>
sealed class ProblemException(Problem problem, params FieldError[] errors) : Exception(problem.Detail)
{
    public Problem Problem { get; } = problem;

    /// <summary>The refused fields.</summary>
    public IReadOnlyList<FieldError>? Errors { get; } = errors.Length > 0 ? errors : null;

    /// <summary>With 429 and 503: the time after which a client may try again.</summary>
    public TimeSpan? RetryAfter { get; init; } = problem.HasRetryAfter ? Problem.DefaultRetryAfter : null;
}

using Bank.Infrastructure.Problems;

namespace Bank.Features.Health;

/// <summary>Problems of health checks.</summary>
static class HealthProblems
{
    public static Problem NotReady { get; } = new(
        Status503ServiceUnavailable, "not_ready", "Not ready",
        "The database does not respond or is read-only, its schema is not current, the API lacks a "
        + "privilege, or it is shutting down.")
    {
        HasRetryAfter = false,
    };
}

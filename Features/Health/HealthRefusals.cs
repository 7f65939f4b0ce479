using Bank.Infrastructure.Problems;

namespace Bank.Features.Health;

/// <summary>What only the slices of health refuse.</summary>
static class HealthRefusals
{
    public static Problem NotReady { get; } = new(
        Status503ServiceUnavailable, "not_ready", "Not ready",
        "The database does not answer or takes no changes, its schema is not up to date, the API lacks a right, or it "
        + "is about to stop.")
    {
        HasRetryAfter = false,
    };
}

namespace Bank.Features.Health;

/// <summary>The result of a successful health check.</summary>
/// <param name="Ok">Always true.</param>
/// <param name="Unsettled">
/// The number of money commands in doubt: their connection was lost before the commit was confirmed. Absent
/// when there are none.
/// </param>
sealed record HealthResponse(bool Ok, int? Unsettled = null);

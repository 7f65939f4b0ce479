namespace Bank.Features.Health;

/// <summary>That all is well.</summary>
/// <param name="Ok">Always true: an answer is the news.</param>
sealed record HealthResponse(bool Ok);

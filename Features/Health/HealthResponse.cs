namespace Bank.Features.Health;

/// <param name="Ok">Always true: an answer is the news.</param>
sealed record HealthResponse(bool Ok);

namespace Bank.Features.Health;

/// <summary>That all is well.</summary>
/// <param name="Ok">Always true: an answer is the news.</param>
/// <param name="Unsettled">
/// How many money commands are being looked for after their connection was lost; absent where none are.
/// </param>
sealed record HealthResponse(bool Ok, int? Unsettled = null);

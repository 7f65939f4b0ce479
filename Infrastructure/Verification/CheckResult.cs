namespace Bank.Infrastructure.Verification;

/// <summary>The result of a check.</summary>
/// <param name="Check">The check.</param>
/// <param name="Count">The number of violations.</param>
/// <param name="Findings">The first violations.</param>
sealed record CheckResult(Check Check, long Count, IReadOnlyList<string> Findings);

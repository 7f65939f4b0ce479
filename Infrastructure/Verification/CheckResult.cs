namespace Bank.Infrastructure.Verification;

/// <summary>What a check found.</summary>
/// <param name="Check">The check.</param>
/// <param name="Count">How many rows contradict it.</param>
/// <param name="Findings">The first of them.</param>
sealed record CheckResult(Check Check, long Count, IReadOnlyList<string> Findings);

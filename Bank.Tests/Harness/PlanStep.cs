namespace Bank.Tests.Harness;

/// <summary>A step of a plan.</summary>
/// <param name="Kind">What it is, such as Nested Loop.</param>
/// <param name="Rows">How many rows it looked at, over all its loops.</param>
sealed record PlanStep(string Kind, double Rows);

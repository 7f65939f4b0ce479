namespace Bank.Tests.Harness;

/// <summary>A step of a plan.</summary>
/// <param name="Kind">Its kind, such as Nested Loop.</param>
/// <param name="Rows">The number of rows it read, over all loops.</param>
sealed record PlanStep(string Kind, double Rows);

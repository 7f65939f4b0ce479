namespace Bank.Tests.Model;

/// <summary>A transaction of the model that was posted before, and what is left of it to be sent back.</summary>
sealed record OriginalState(int? From, int To, decimal Left);

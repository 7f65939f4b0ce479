namespace Bank.Tests.Model;

/// <summary>An earlier transaction of the model, and the amount of it that can be refunded.</summary>
sealed record OriginalState(int? From, int To, decimal Left);

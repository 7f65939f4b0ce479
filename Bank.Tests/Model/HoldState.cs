namespace Bank.Tests.Model;

/// <summary>A hold of the model; accounts are numbers.</summary>
sealed record HoldState(int From, int To, decimal Amount, bool IsOpen = true);

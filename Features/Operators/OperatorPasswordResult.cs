namespace Bank.Features.Operators;

/// <summary>What became of giving a user a one-time password.</summary>
/// <param name="Problem">The code of the problem; empty if the password was stored.</param>
/// <param name="Id">The user's id; 0 with a problem.</param>
sealed record OperatorPasswordResult(string Problem, long Id);

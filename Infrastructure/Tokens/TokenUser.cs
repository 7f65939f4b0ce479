namespace Bank.Infrastructure.Tokens;

/// <summary>The stored user of a token.</summary>
sealed record TokenUser(
    long Id, string Username, string PasswordHash, bool IsRemoved, bool IsOperator, bool IsBlocked);

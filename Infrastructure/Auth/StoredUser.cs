namespace Bank.Infrastructure.Auth;

/// <summary>What is stored of a user to sign in with.</summary>
sealed record StoredUser(long Id, string Username, string PasswordHash);

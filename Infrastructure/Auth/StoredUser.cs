namespace Bank.Infrastructure.Auth;

/// <summary>The stored credentials of a user.</summary>
sealed record StoredUser(long Id, string Username, string PasswordHash);

namespace Bank.Infrastructure.Auth;

/// <summary>The stored credentials of a user.</summary>
sealed record StoredUser(
    long Id, string Username, string PasswordHash, bool IsOperator = false, bool IsPasswordExpired = false)
{
    public Caller ToCaller() => new(Id, Username, PasswordHash)
    {
        IsOperator = IsOperator,
        IsPasswordExpired = IsPasswordExpired,
    };
}

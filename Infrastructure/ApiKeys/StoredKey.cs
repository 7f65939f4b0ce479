using Bank.Infrastructure.Auth;

namespace Bank.Infrastructure.ApiKeys;

/// <summary>A stored key that is in effect.</summary>
/// <param name="Ordinal">The position of its hash in the query, from 1.</param>
/// <param name="Id">The key's id.</param>
/// <param name="UserId">The user's id.</param>
/// <param name="Username">The user's name.</param>
/// <param name="IsReadOnly">Whether its scope is read.</param>
/// <param name="SecondsLeft">The time until it expires, by the clock of the database.</param>
/// <param name="LastUsedAt">The day on which it was last used.</param>
/// <param name="IsOperator">Whether the user is an operator.</param>
/// <param name="IsPasswordExpired">Whether the user has to choose another password first.</param>
sealed record StoredKey(
    long Ordinal, long Id, long UserId, string Username, bool IsReadOnly, double? SecondsLeft,
    DateTimeOffset? LastUsedAt, bool IsOperator, bool IsPasswordExpired)
{
    public Caller ToCaller() => new(UserId, Username, passwordHash: null, Id)
    {
        Scope = IsReadOnly ? CallerScope.Read : CallerScope.Full,
        IsOperator = IsOperator,
        IsPasswordExpired = IsPasswordExpired,
    };
}

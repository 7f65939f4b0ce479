namespace Bank.Infrastructure.Auth;

/// <summary>What came of comparing a password with a stored hash.</summary>
enum PasswordMatch
{
    /// <summary>Nothing: too many wait for bcrypt.</summary>
    Untried,

    /// <summary>It is another password, or there is no hash.</summary>
    Wrong,

    /// <summary>It is the password, of which another hash should be stored by now.</summary>
    Outdated,

    /// <summary>It is the password.</summary>
    Right,
}

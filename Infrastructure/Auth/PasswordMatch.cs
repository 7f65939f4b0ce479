namespace Bank.Infrastructure.Auth;

/// <summary>The result of comparing a password with a stored hash.</summary>
enum PasswordMatch
{
    /// <summary>Not compared: the queue for bcrypt is full.</summary>
    QueueFull,

    /// <summary>It is another password, or there is no hash.</summary>
    Wrong,

    /// <summary>It is the password, but its hash should be replaced.</summary>
    NeedsRehash,

    /// <summary>It is the password, as the cache knows from an earlier comparison.</summary>
    Confirmed,

    /// <summary>It is the password.</summary>
    Right,
}

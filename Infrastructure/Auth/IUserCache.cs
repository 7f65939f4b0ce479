namespace Bank.Infrastructure.Auth;

/// <summary>
/// A cache of what was verified for users. It may serve only while every change of a user is announced to it.
/// </summary>
interface IUserCache
{
    /// <summary>Starts caching: every change is announced from now on.</summary>
    void Enable();

    /// <summary>Stops caching: changes may go unannounced.</summary>
    void Disable();

    /// <summary>Drops a user whose row changed.</summary>
    void Invalidate(string username);

    /// <summary>Drops what depends on the keys of a user.</summary>
    void InvalidateKeys(string username);
}

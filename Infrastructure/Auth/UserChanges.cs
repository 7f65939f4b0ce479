namespace Bank.Infrastructure.Auth;

/// <summary>Announces changes of users to every cache.</summary>
sealed class UserChanges(IEnumerable<IUserCache> caches)
{
    readonly IUserCache[] caches = [.. caches];

    public void Enable() => Array.ForEach(caches, cache => cache.Enable());

    public void Disable() => Array.ForEach(caches, cache => cache.Disable());

    /// <summary>
    /// Announces that a user's row changed. The instance that changed it does so before the database does.
    /// </summary>
    public void Announce(string username) => Array.ForEach(caches, cache => cache.Invalidate(username));

    /// <summary>Announces that keys of a user were deleted or changed.</summary>
    public void AnnounceKeys(string username) =>
        Array.ForEach(caches, cache => cache.InvalidateKeys(username));
}

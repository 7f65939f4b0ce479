using System.Runtime.CompilerServices;
using Microsoft.Extensions.Caching.Memory;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// The addresses and connections where users have signed in successfully. There, other clients' failures do
/// not count against the user, so that a stranger cannot lock a user out. A stranger on the same address can
/// end the trust in the address by guessing, but not the trust in the connection, which only the user has.
/// Guesses stay bounded: a few failures end the trust in either, and only the right password restores it.
/// </summary>
sealed class TrustedOrigins : IDisposable
{
    /// <summary>The consecutive failures that end the trust in an origin.</summary>
    const int MaxFailures = 5;

    static readonly TimeSpan TrustDuration = TimeSpan.FromDays(1);

    /// <summary>The consecutive failures, by user and address or connection.</summary>
    readonly MemoryCache failures = new(new MemoryCacheOptions { SizeLimit = 200_000 });

    public bool Contains(string username, SignInOrigin origin) =>
        Find(username, origin.Address) is not null || Find(username, origin.Connection) is not null;

    /// <summary>
    /// Trusts the origin of a successful sign-in. On a trusted connection this does nothing: otherwise a
    /// stranger on the same address would get more guesses with every request of the user.
    /// </summary>
    public void Add(string username, SignInOrigin origin)
    {
        if (Find(username, origin.Connection) is not null)
            return;

        // When the cache is full, connections go first: they are many and short-lived.
        Add(username, origin.Address, CacheItemPriority.Normal);
        Add(username, origin.Connection, CacheItemPriority.Low);
    }

    /// <summary>Records a result of bcrypt: a further consecutive failure, or a success.</summary>
    public void Record(string username, SignInOrigin origin, bool isRight)
    {
        foreach (var place in new[] { origin.Address, origin.Connection })
        {
            if (Find(username, place) is not { } count)
                continue;

            if (isRight)
                count.Value = 0;
            else if (Interlocked.Increment(ref count.Value) >= MaxFailures)
                failures.Remove((username, place));
        }
    }

    public void Dispose() => failures.Dispose();

    StrongBox<int>? Find(string username, string? place) =>
        place is null ? null : failures.Get<StrongBox<int>>((username, place));

    void Add(string username, string? place, CacheItemPriority priority)
    {
        if (place is not null && Find(username, place) is null)
            failures.Set((username, place), new StrongBox<int>(), new MemoryCacheEntryOptions
            {
                Size = 1,
                SlidingExpiration = TrustDuration,
                Priority = priority,
            });
    }
}

using System.Runtime.CompilerServices;
using Microsoft.Extensions.Caching.Memory;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Where users have signed in well: at which addresses, and on which connections. There a user is not held to
/// how often others failed in that name, so that nobody can lock others out. Who shares the address can make
/// a stranger of it by guessing, but not of a connection, which is the client's alone. Guesses stay bounded,
/// since each of the two is trusted no more after a few failures, and again only for the right password.
/// </summary>
sealed class TrustedOrigins : IDisposable
{
    /// <summary>How often an origin may fail in a row until it is a stranger again.</summary>
    const int FailuresThatEndTrust = 5;

    static readonly TimeSpan TrustLasts = TimeSpan.FromDays(1);

    /// <summary>The failures in a row, by user and address or connection.</summary>
    readonly MemoryCache failures = new(new MemoryCacheOptions { SizeLimit = 200_000 });

    public bool Contains(string username, SignInOrigin origin) =>
        Find(username, origin.Address) is not null || Find(username, origin.Connection) is not null;

    /// <summary>
    /// Trusts where the user signed in well. On a connection that is trusted already this adds nothing:
    /// whoever guesses at its address would get more guesses with every request of the customer.
    /// </summary>
    public void Add(string username, SignInOrigin origin)
    {
        if (Find(username, origin.Connection) is not null)
            return;

        // Where there is no room for all, connections make it, which are many and soon end.
        Add(username, origin.Address, CacheItemPriority.Normal);
        Add(username, origin.Connection, CacheItemPriority.Low);
    }

    /// <summary>Takes note of what bcrypt found: one more failure in a row, or the end of the row.</summary>
    public void Note(string username, SignInOrigin origin, bool isRight)
    {
        foreach (var place in new[] { origin.Address, origin.Connection })
        {
            if (Find(username, place) is not { } row)
                continue;

            if (isRight)
                row.Value = 0;
            else if (Interlocked.Increment(ref row.Value) >= FailuresThatEndTrust)
                failures.Remove((username, place));
        }

        if (isRight)
            Add(username, origin);
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
                SlidingExpiration = TrustLasts,
                Priority = priority,
            });
    }
}

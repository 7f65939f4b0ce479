using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Limits the failed sign-ins of a minute, as one user and from one address. A stranger can use a limit up,
/// so beyond it others have a share of their own: as the user, each of 20 addresses half the limit; from the
/// address, further connections as much again. A connection with two failures has no part in these shares,
/// so that a stranger behind the same NAT does not use them up. With the limits of 10 and 50, at most
/// 10 + 20 · 5 = 110 guesses of one password fail in a minute, 15 of them from one address, and 100 guesses
/// from one address.
/// </summary>
sealed class FailedSignIns(RateLimitOptions options, TimeProvider time) : IDisposable
{
    const int AddressesWithShare = 20;

    const int MaxOfConnection = 2;

    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    readonly SlidingCounts users = new(Minute, options.FailedSignInsPerUser, time);
    readonly SlidingCounts shares = new(Minute, (options.FailedSignInsPerUser + 1) / 2, time);
    readonly SlidingCounts addressesWithShare = new(Minute, AddressesWithShare, time);
    readonly SlidingCounts addresses = new(Minute, options.FailedSignInsPerAddress, time);
    readonly SlidingCounts reserves = new(Minute, options.FailedSignInsPerAddress, time);
    readonly SlidingCounts connections = new(Minute, MaxOfConnection, time);
    readonly Lock beginning = new();

    /// <summary>The number of names, addresses and connections that are stored.</summary>
    public int StoredKeys => users.Count + shares.Count + addressesWithShare.Count + addresses.Count
        + reserves.Count + connections.Count;

    /// <summary>Whether too many recent sign-ins as the user failed, wherever they came from.</summary>
    public bool IsReached(string username) => users.IsReached(username);

    /// <exception cref="ProblemException">Too many recent sign-ins failed.</exception>
    public void ThrowIfBlocked(string username, SignInOrigin origin)
    {
        if (FindWait(username, origin) is { } wait)
            throw RateLimits.TooMany(wait);
    }

    /// <summary>
    /// Begins a sign-in of a stranger. It counts as a failure until it ends, so that concurrent guesses do
    /// not pass the limits.
    /// </summary>
    /// <returns>Ends it; whether it failed.</returns>
    /// <exception cref="ProblemException">Too many recent sign-ins failed.</exception>
    public Action<bool> Begin(string username, SignInOrigin origin) =>
        TryBegin(username, origin, out var wait) ?? throw RateLimits.TooMany(wait);

    /// <inheritdoc cref="Begin"/>
    /// <param name="username">The user.</param>
    /// <param name="origin">Where the request comes from.</param>
    /// <param name="wait">When to try again, if too many recent sign-ins failed.</param>
    /// <returns>Ends it; whether it failed. Null if too many recent sign-ins failed.</returns>
    public Action<bool>? TryBegin(string username, SignInOrigin origin, out TimeSpan wait)
    {
        lock (beginning)
        {
            var blockedFor = FindWait(username, origin);
            wait = blockedFor ?? default;

            if (blockedFor is not null)
                return null;

            (SlidingCounts Counts, string Key)[] keys =
                [.. SharesOf(username, origin), .. KeysOf(username, origin)];

            foreach (var (counts, key) in keys)
                counts.Begin(key);

            return failed => Array.ForEach(keys, begun => begun.Counts.End(begun.Key, failed));
        }
    }

    /// <summary>Counts a failed sign-in where the user is known. It uses up nobody's share.</summary>
    public void Add(string username, SignInOrigin origin)
    {
        foreach (var (counts, key) in KeysOf(username, origin))
            counts.Add(key);
    }

    public void Dispose()
    {
        users.Dispose();
        shares.Dispose();
        addressesWithShare.Dispose();
        addresses.Dispose();
        reserves.Dispose();
        connections.Dispose();
    }

    /// <summary>When to try again; null when no limit blocks it.</summary>
    TimeSpan? FindWait(string username, SignInOrigin origin)
    {
        var (address, connection) = origin;
        var hasFailed = connection is not null && connections.IsReached(connection);

        if (users.FindWait(username) is { } wait && (hasFailed || !HasShare(username, address)))
            return wait;

        return addresses.FindWait(address) is { } longer
            && (hasFailed || connection is null || reserves.IsReached(address)) ? longer : null;
    }

    bool HasShare(string username, string address)
    {
        var share = Share(username, address);
        return shares.Contains(share)
            ? !shares.IsReached(share)
            : !addressesWithShare.IsReached(username);
    }

    /// <summary>What a sign-in uses up beyond a limit.</summary>
    IEnumerable<(SlidingCounts Counts, string Key)> SharesOf(string username, SignInOrigin origin)
    {
        if (users.IsReached(username))
        {
            var share = Share(username, origin.Address);

            if (!shares.Contains(share))
                yield return (addressesWithShare, username);

            yield return (shares, share);
        }

        if (addresses.IsReached(origin.Address))
            yield return (reserves, origin.Address);
    }

    IEnumerable<(SlidingCounts Counts, string Key)> KeysOf(string username, SignInOrigin origin)
    {
        yield return (users, username);
        yield return (addresses, origin.Address);

        if (origin.Connection is not null)
            yield return (connections, origin.Connection);
    }

    static string Share(string username, string address) => $"{address} {username}";
}

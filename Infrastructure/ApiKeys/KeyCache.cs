using System.Collections.Concurrent;
using Bank.Infrastructure.Auth;

namespace Bank.Infrastructure.ApiKeys;

/// <summary>
/// Caches keys that were found, by hash, so that a request needs no query. It never holds a key or a refusal.
/// It serves only while every change of a user and of keys is announced to it, and then drops all keys of
/// that user at once. An entry counts for as long as a verified password does, and never past the expiry of
/// its key. The time is the elapsed one, which setting the clock does not change.
/// </summary>
sealed class KeyCache(PasswordOptions options, TimeProvider time) : IUserCache
{
    static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<string, Entry> byHash = new(StringComparer.Ordinal);
    readonly Dictionary<string, HashSet<string>> hashesByUser = new(StringComparer.Ordinal);
    readonly Lock changes = new();
    readonly long startedAt = time.GetTimestamp();
    TimeSpan sweepAt;
    bool isEnabled;
    int period;

    /// <summary>
    /// Increases with every change. A sign-in reads it before it reads the key and passes it to
    /// <see cref="Set"/>, so that a key that was deleted in between is not cached.
    /// </summary>
    public long Epoch { get; private set; }

    /// <summary>The number of cached keys.</summary>
    public int Count => byHash.Count;

    TimeSpan Now => time.GetElapsedTime(startedAt);

    /// <summary>The entry of a key that is in effect; else null.</summary>
    public Entry? TryGet(string hash) =>
        byHash.TryGetValue(hash, out var entry) && Now < entry.ExpiresAt
        && entry.Period == Volatile.Read(ref period) ? entry : null;

    /// <summary>Whether the key was in effect when it was last read.</summary>
    public bool Contains(string hash) => byHash.ContainsKey(hash);

    /// <summary>Caches a key that was read, if there is room.</summary>
    /// <param name="hash">The hash of the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="epoch">The <see cref="Epoch"/> before the key was read.</param>
    /// <param name="readAt">The timestamp before the key was read.</param>
    public Entry Set(string hash, StoredKey key, long epoch, long readAt)
    {
        var read = time.GetElapsedTime(startedAt, readAt);
        var lifetime = key.SecondsLeft is { } seconds && seconds < options.RememberFor.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : options.RememberFor;
        var entry = new Entry(key.ToCaller(), read + lifetime, Volatile.Read(ref period), key.LastUsedAt);

        lock (changes)
        {
            if (isEnabled && epoch == Epoch && HasRoomFor(hash))
            {
                byHash[hash] = entry;

                if (!hashesByUser.TryGetValue(key.Username, out var hashes))
                    hashesByUser[key.Username] = hashes = new(StringComparer.Ordinal);

                hashes.Add(hash);
            }
        }

        return entry;
    }

    public void Enable() => SetEnabled(true);

    /// <summary>Stops caching. No entry counts until its key is read again.</summary>
    public void Disable() => SetEnabled(false);

    public void Invalidate(string username) => InvalidateKeys(username);

    public void InvalidateKeys(string username)
    {
        lock (changes)
        {
            Epoch++;

            if (hashesByUser.Remove(username, out var hashes))
            {
                foreach (var hash in hashes)
                    byHash.TryRemove(hash, out _);
            }
        }
    }

    void SetEnabled(bool enabled)
    {
        lock (changes)
        {
            if (enabled == isEnabled)
                return;

            Epoch++;
            isEnabled = enabled;
            period++;
        }
    }

    /// <summary>
    /// Makes room by removing expired entries, at most once a second. If there are none, no further keys are
    /// cached.
    /// </summary>
    bool HasRoomFor(string hash)
    {
        if (byHash.ContainsKey(hash) || byHash.Count < options.RememberUsers)
            return true;

        if (Now < sweepAt)
            return false;

        sweepAt = Now + SweepInterval;

        foreach (var (expired, entry) in byHash.Where(cached => Now >= cached.Value.ExpiresAt))
        {
            byHash.TryRemove(expired, out _);
            var hashes = hashesByUser[entry.Caller.Username];
            hashes.Remove(expired);

            if (hashes.Count == 0)
                hashesByUser.Remove(entry.Caller.Username);
        }

        return byHash.Count < options.RememberUsers;
    }

    /// <summary>A key that was read.</summary>
    public sealed class Entry(Caller caller, TimeSpan expiresAt, int period, DateTimeOffset? lastUsedAt)
    {
        long lastUsedTicks = lastUsedAt?.UtcTicks ?? 0;

        public Caller Caller { get; } = caller;

        public TimeSpan ExpiresAt { get; } = expiresAt;

        public int Period { get; } = period;

        /// <summary>Whether the key was not used on this day or later before; true once.</summary>
        public bool TryClaimUse(DateTimeOffset day)
        {
            var last = Volatile.Read(ref lastUsedTicks);
            return last < day.UtcTicks
                && Interlocked.CompareExchange(ref lastUsedTicks, day.UtcTicks, last) == last;
        }
    }
}

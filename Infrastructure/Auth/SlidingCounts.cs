using Microsoft.Extensions.Caching.Memory;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Counts events by key in a sliding window. An event that has begun counts until it ends, and after that if
/// it is to count. Asking for a key without events stores nothing, and the number of keys is bounded, so that
/// a flood of random names leaves the memory as it was.
/// </summary>
/// <param name="window">The length of the window, which moves in six steps.</param>
/// <param name="max">The number of events that reaches the limit; 0 means unlimited.</param>
/// <param name="time">The clock.</param>
sealed class SlidingCounts(TimeSpan window, int max, TimeProvider time) : IDisposable
{
    const int Segments = 6;

    /// <summary>In keys, each of about 400 bytes. Beyond it, keys without recent events go first.</summary>
    const int MaxKeys = 100_000;

    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    readonly MemoryCache counts = new(new MemoryCacheOptions { SizeLimit = MaxKeys });
    readonly Lock changes = new();

    /// <summary>The number of keys with events.</summary>
    public int Count => counts.Count;

    public bool Contains(string key) => counts.TryGetValue<Window>(key, out _);

    public bool IsReached(string key) => FindWait(key) is not null;

    /// <summary>
    /// When to try again; null while the limit is not reached. That is soon if the limit is reached only with
    /// events that have not ended.
    /// </summary>
    public TimeSpan? FindWait(string key)
    {
        if (max == 0 || !counts.TryGetValue<Window>(key, out var events))
            return null;

        var ended = events!.Sum(Segment());
        return ended >= max ? window : ended + events.Running >= max ? Second : null;
    }

    public void Add(string key)
    {
        Begin(key);
        End(key, counts: true);
    }

    public void Begin(string key)
    {
        if (max == 0)
            return;

        lock (changes)
            GetOrCreate(key).Running++;
    }

    /// <summary>Ends an event that has begun.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="counts">Whether it counts from now on, for the length of the window.</param>
    public void End(string key, bool counts)
    {
        if (max == 0)
            return;

        lock (changes)
        {
            var events = GetOrCreate(key);
            events.Running = Math.Max(0, events.Running - 1);

            if (counts)
                events.Add(Segment());
            else if (events.Running == 0 && events.Sum(Segment()) == 0)
                this.counts.Remove(key);
        }
    }

    public void Dispose() => counts.Dispose();

    Window GetOrCreate(string key) => counts.GetOrCreate(key, entry =>
    {
        entry.Size = 1;
        entry.SlidingExpiration = window;
        return new Window();
    })!;

    long Segment() => time.GetElapsedTime(0).Ticks / (window.Ticks / Segments);

    sealed class Window
    {
        readonly long[] segments = new long[Segments];
        readonly int[] counts = new int[Segments];

        /// <summary>The events that have begun and not ended.</summary>
        public int Running { get; set; }

        public void Add(long segment)
        {
            lock (segments)
            {
                var index = segment % Segments;
                counts[index] = segments[index] == segment ? counts[index] + 1 : 1;
                segments[index] = segment;
            }
        }

        public int Sum(long now)
        {
            lock (segments)
                return segments.Zip(counts).Sum(part => now - part.First < Segments ? part.Second : 0);
        }
    }
}

using Microsoft.Extensions.Caching.Memory;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Counts events by key in a sliding window. Asking for a key without events stores nothing, and the number
/// of keys is bounded, so that a flood of random names leaves the memory as it was.
/// </summary>
/// <param name="window">The length of the window, which moves in six steps.</param>
/// <param name="max">The number of events that reaches the limit; 0 means unlimited.</param>
/// <param name="time">The clock.</param>
sealed class SlidingCounts(TimeSpan window, int max, TimeProvider time) : IDisposable
{
    const int Segments = 6;

    /// <summary>In keys, each of about 400 bytes. Beyond it, keys without recent events go first.</summary>
    const int MaxKeys = 100_000;

    readonly MemoryCache counts = new(new MemoryCacheOptions { SizeLimit = MaxKeys });
    readonly Lock additions = new();

    /// <summary>The number of keys with events.</summary>
    public int Count => counts.Count;

    public bool IsReached(string key) =>
        max > 0 && counts.TryGetValue<Window>(key, out var events) && events!.Sum(Segment()) >= max;

    public void Add(string key)
    {
        if (max == 0)
            return;

        lock (additions)
        {
            var events = counts.GetOrCreate(key, entry =>
            {
                entry.Size = 1;
                entry.SlidingExpiration = window;
                return new Window();
            });
            events!.Add(Segment());
        }
    }

    public void Dispose() => counts.Dispose();

    long Segment() => time.GetElapsedTime(0).Ticks / (window.Ticks / Segments);

    sealed class Window
    {
        readonly long[] segments = new long[Segments];
        readonly int[] counts = new int[Segments];

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

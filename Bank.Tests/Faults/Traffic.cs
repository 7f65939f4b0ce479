using System.Collections.Concurrent;
using System.Diagnostics;

namespace Bank.Tests.Faults;

/// <summary>Many concurrent clients, each of which sends the next request after each reply.</summary>
sealed class Traffic
{
    /// <summary>Longer than any fault stops money from moving.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    readonly ConcurrentQueue<Attempt> attempts = new();
    readonly Task running;
    readonly Lock timing = new();
    long lastPostedAt = Stopwatch.GetTimestamp();
    TimeSpan longestPause;
    int posted;
    int disconnected;
    volatile bool isStopped;

    public Traffic(IEnumerable<Client> clients) => running = Task.WhenAll(clients.Select(RunAsync).ToArray());

    /// <summary>The number of clients that got no response and stopped.</summary>
    public int DisconnectedClients => Volatile.Read(ref disconnected);

    /// <summary>Waits for this many more postings, so that the next fault hits money in flight.</summary>
    public async Task PostMoreAsync(int count)
    {
        var enough = Volatile.Read(ref posted) + count;
        var since = Stopwatch.StartNew();

        while (Volatile.Read(ref posted) < enough && !running.IsCompleted)
        {
            since.Elapsed.ShouldBeLessThan(Patience, "nothing is posted any more");
            await Task.Delay(1);
        }
    }

    /// <summary>The longest pause between two postings since the last call.</summary>
    public TimeSpan TakeLongestPause()
    {
        lock (timing)
        {
            var longest = longestPause;
            longestPause = TimeSpan.Zero;

            return longest;
        }
    }

    /// <summary>Lets every client finish its movement, and returns all attempts.</summary>
    public async Task<IReadOnlyList<Attempt>> StopAsync()
    {
        isStopped = true;
        await running;

        return [.. attempts];
    }

    void Record(Attempt attempt)
    {
        attempts.Enqueue(attempt);

        if (!attempt.IsPosted)
            return;

        Interlocked.Increment(ref posted);

        lock (timing)
        {
            var pause = Stopwatch.GetElapsedTime(lastPostedAt);
            longestPause = pause > longestPause ? pause : longestPause;
            lastPostedAt = Stopwatch.GetTimestamp();
        }
    }

    async Task RunAsync(Client client)
    {
        while (!isStopped)
        {
            try
            {
                Record(await client.MoveAsync());
            }
            catch (HttpRequestException)
            {
                // The API has stopped; a movement without a response must not be posted.
                Interlocked.Increment(ref disconnected);
                return;
            }
        }
    }
}

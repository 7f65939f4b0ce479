using System.Collections.Concurrent;
using System.Diagnostics;

namespace Bank.Tests.Faults;

/// <summary>Many clients at once, each of whom goes on as soon as it is answered.</summary>
sealed class Traffic
{
    /// <summary>Longer than any fault keeps money from moving.</summary>
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

    /// <summary>How many clients got no answer, and went.</summary>
    public int DisconnectedClients => Volatile.Read(ref disconnected);

    /// <summary>Waits until so many more were posted, so that the next fault hits money on its way.</summary>
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

    /// <summary>The longest time in which nothing was posted since this was asked last.</summary>
    public TimeSpan TakeLongestPause()
    {
        lock (timing)
        {
            var longest = longestPause;
            longestPause = TimeSpan.Zero;

            return longest;
        }
    }

    /// <summary>Lets everyone finish what they began, and answers all that they did.</summary>
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
                // The API has stopped; whoever got no answer must not have moved anything.
                Interlocked.Increment(ref disconnected);
                return;
            }
        }
    }
}

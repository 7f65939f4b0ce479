using System.Collections.Concurrent;
using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Problems;
using Npgsql;

namespace Bank.Infrastructure.ApiKeys;

/// <summary>
/// Stores the day of each key's last use in the background, at most one query a second. No request waits for
/// it. A day that cannot be stored, because the database is away or read-only, is stored with a later use.
/// </summary>
sealed class KeyUses(MarkKeysUsedQuery query, TimeProvider time)
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<long, DateTimeOffset> pending = new();
    int isRunning;

    /// <summary>The current day in UTC, at midnight.</summary>
    public DateTimeOffset Today => new(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);

    /// <summary>Records that a key was used on a day.</summary>
    public void Record(long keyId, DateTimeOffset day)
    {
        pending[keyId] = day;

        if (Interlocked.Exchange(ref isRunning, 1) == 0)
            _ = Background.Run(RunAsync);
    }

    async Task RunAsync()
    {
        do
        {
            foreach (var uses in Take().GroupBy(use => use.Value, use => use.Key))
                await StoreAsync([.. uses], uses.Key);

            await Task.Delay(Pause, time);
            Volatile.Write(ref isRunning, 0);
        }
        while (!pending.IsEmpty && Interlocked.Exchange(ref isRunning, 1) == 0);
    }

    List<KeyValuePair<long, DateTimeOffset>> Take()
    {
        var taken = new List<KeyValuePair<long, DateTimeOffset>>();

        foreach (var (keyId, _) in pending)
        {
            if (pending.TryRemove(keyId, out var day))
                taken.Add(KeyValuePair.Create(keyId, day));
        }

        return taken;
    }

    async Task StoreAsync(long[] keys, DateTimeOffset day)
    {
        try
        {
            await query.ExecuteAsync(keys, day);
        }
        catch (Exception failed) when (failed
            is NpgsqlException or UnconfirmedCommitException or ProblemException or TimeoutException)
        {
            // The next sign-in that reads the key records it again.
        }
    }
}

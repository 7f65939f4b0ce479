using System.Collections.Concurrent;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Ledger;

/// <summary>Counts the commands of each user that are not answered yet, over all slices.</summary>
sealed class CallersInFlight(GroupCommitOptions options)
{
    readonly ConcurrentDictionary<long, int> counts = new();

    /// <summary>Counts one more until disposal.</summary>
    /// <exception cref="ProblemException">The user has as many as are allowed.</exception>
    public Place Enter(long callerId)
    {
        if (options.CommandsPerUser == 0)
            return default;

        var place = new Place(this, callerId);

        if (counts.AddOrUpdate(callerId, 1, (_, count) => count + 1) <= options.CommandsPerUser)
            return place;

        place.Dispose();
        throw new ProblemException(Problem.TooManyRequests) { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    void Leave(long callerId)
    {
        if (counts.AddOrUpdate(callerId, 0, (_, count) => count - 1) == 0)
            counts.TryRemove(KeyValuePair.Create(callerId, 0));
    }

    /// <summary>The place of one command.</summary>
    public readonly struct Place(CallersInFlight callers, long callerId) : IDisposable
    {
        public void Dispose() => callers?.Leave(callerId);
    }
}

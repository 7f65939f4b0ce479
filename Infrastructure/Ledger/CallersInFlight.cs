using System.Collections.Concurrent;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Ledger;

/// <summary>
/// Counts the commands of each user that are not answered yet, over all slices, each as often as it posts
/// transactions.
/// </summary>
sealed class CallersInFlight(GroupCommitOptions options)
{
    readonly ConcurrentDictionary<long, int> counts = new();

    /// <summary>Counts some more until disposal.</summary>
    /// <param name="callerId">The user.</param>
    /// <param name="transactions">How many transactions they are for.</param>
    /// <exception cref="ProblemException">
    /// The user would have more than are allowed; whoever has none may always have one command.
    /// </exception>
    public Place Enter(long callerId, int transactions = 1)
    {
        if (options.CommandsPerUser == 0)
            return default;

        var place = new Place(this, callerId, transactions);
        var all = counts.AddOrUpdate(callerId, transactions, (_, count) => count + transactions);

        if (all <= options.CommandsPerUser || all == transactions)
            return place;

        place.Dispose();
        throw new ProblemException(Problem.TooManyRequests) { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    void Leave(long callerId, int transactions)
    {
        if (counts.AddOrUpdate(callerId, 0, (_, count) => count - transactions) == 0)
            counts.TryRemove(KeyValuePair.Create(callerId, 0));
    }

    /// <summary>The places of one command.</summary>
    public readonly struct Place(CallersInFlight callers, long callerId, int transactions) : IDisposable
    {
        public void Dispose() => callers?.Leave(callerId, transactions);
    }
}

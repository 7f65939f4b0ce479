using System.Collections.Concurrent;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// Counts the commands of each user that are not answered yet, over all slices, each as often as it posts
/// transactions: those that came alone, and beside them those that came in bulk.
/// </summary>
sealed class InFlightLimiter(GroupCommitOptions options)
{
    readonly ConcurrentDictionary<long, int> alone = new();
    readonly ConcurrentDictionary<long, int> inBulk = new();

    /// <summary>Counts one that came alone until disposal.</summary>
    /// <param name="callerId">The user.</param>
    /// <param name="transactions">How many transactions it is for.</param>
    /// <exception cref="ProblemException">
    /// The user would have more than are allowed; whoever has none may always have one command.
    /// </exception>
    public Place Enter(long callerId, int transactions = 1) =>
        options.CommandsPerUser == 0 ? default
            : Enter(alone, callerId, transactions, options.CommandsPerUser);

    /// <summary>Counts those of a bulk until disposal.</summary>
    /// <exception cref="ProblemException">
    /// The user would have more than are allowed; whoever has none may always have one bulk.
    /// </exception>
    public Place EnterBulk(long callerId, int commands) =>
        Enter(inBulk, callerId, commands, options.BulkCommandsPerUser);

    static Place Enter(ConcurrentDictionary<long, int> counts, long callerId, int more, int most)
    {
        var place = new Place(counts, callerId, more);
        var all = counts.AddOrUpdate(
            callerId, static (_, more) => more, static (_, count, more) => count + more, more);

        if (all <= most || all == more)
            return place;

        place.Dispose();
        throw new ProblemException(Problem.TooManyRequests) { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    /// <summary>The places of one request.</summary>
    public readonly struct Place(ConcurrentDictionary<long, int> counts, long callerId, int taken)
        : IDisposable
    {
        public void Dispose()
        {
            var left = counts?.AddOrUpdate(
                callerId, static (_, _) => 0, static (_, count, less) => count - less, taken);

            if (left == 0)
                counts!.TryRemove(KeyValuePair.Create(callerId, 0));
        }
    }
}
